using System.Text;
using Wgns.Configuration;

namespace Wgns.Tests.Configuration;

/// <summary>The files under examples/, which README.md gives to copy.</summary>
public sealed class ExampleTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "examples");

    private static IEnumerable<string> Configurations() => Directory.EnumerateFiles(Root, "*.toml", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Root, f));

    private static IEnumerable<string> SetUps() => Directory.EnumerateDirectories(Root)
        .SelectMany(Directory.EnumerateFiles)
        .Select(f => Path.GetRelativePath(Root, f));

    [TestCaseSource(nameof(Configurations))]
    public void Nothing_is_wrong_with_an_example_where_it_is_to_be_put(string file) =>
        ConfigurationReader.Read(File.ReadAllBytes(Path.Combine(Root, file)), "/etc/wgns/vpn.toml").Diagnostics.Should().BeEmpty();

    [TestCaseSource(nameof(SetUps))]
    public void README_has_every_file_of_a_set_up_word_for_word(string file)
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"), Encoding.UTF8);
        var text = File.ReadAllText(Path.Combine(Root, file), Encoding.UTF8);
        readme.Contains($"<!-- examples/{file} -->\n", StringComparison.Ordinal).Should().BeTrue("README.md shows examples/{0}", file);
        readme.Should().Contain(text, "README.md shows examples/{0} as it is", file);
    }
}
