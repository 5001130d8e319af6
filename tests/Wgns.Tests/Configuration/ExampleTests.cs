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

    [Test]
    public void A_service_that_a_package_starts_at_its_installation_is_stopped_before_it_is_put_inside()
    {
        // `systemctl enable --now` lets what runs run on: outside.
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "README.md"), Encoding.UTF8);
        var confined = lines.Where(l => l.StartsWith("sudo wgns units confine vpn ", StringComparison.Ordinal)).Select(l => l.Split(' ')[5]).ToList();
        confined.Should().Contain(["deluged", "deluge-web", "transmission-daemon"]);
        foreach (var service in confined)
        {
            var at = Array.FindIndex(lines, l => l.StartsWith($"sudo wgns units confine vpn {service} ", StringComparison.Ordinal));
            var from = Array.FindLastIndex(lines, at, l => l.StartsWith("sudo apt-get install", StringComparison.Ordinal));
            lines[from..at].Should().Contain(l => l.StartsWith("sudo systemctl stop ", StringComparison.Ordinal) && l.Split(' ').Contains(service), service);
        }
    }
}
