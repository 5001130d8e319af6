using Wgns.Firewall;
using Wgns.Lifecycle;

namespace Wgns.Tests.Lifecycle;

public sealed class ConfigLoaderTests
{
    private string _directory = string.Empty;

    [SetUp]
    public void SetUp() => _directory = Directory.CreateTempSubdirectory("wgns-loader-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_pipe_in_the_configurations_place_is_said_and_not_waited_for_by_who_reads_again_and_again()
    {
        var path = $"{_directory}/vpn.toml";
        System.Diagnostics.Process.Start("mkfifo", [path]).WaitForExit();
        using var loaded = new ConfigLoader(_ => new RulesVerdict([], null)) { RefusesPipes = true }.Load(path);
        loaded.Diagnostics.Should().ContainSingle().Which.Message.Should().Be("this is a pipe, which cannot be read again");
    }
}
