using Wgns.Systemd;

namespace Wgns.Tests.Systemd;

public sealed class UnitsToRestartTests
{
    private const string Unit = @"wgns-publish-vpn:run-a\x20b.service";
    private string _root = null!;

    [SetUp]
    public void Make() => _root = Directory.CreateTempSubdirectory("wgns-restarts-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    [Test]
    public void What_is_left_to_restart_is_known_to_the_next_and_of_its_namespace_alone()
    {
        var (units, others) = (Of("vpn"), Of("vpn2"));
        units.Left().Should().BeEmpty();
        units.Save([Unit, "b.service"]);
        Of("vpn").Left().Should().Equal(Unit, "b.service");
        others.Left().Should().BeEmpty();
        others.Save([]);
        units.Save(["b.service"]);
        units.Left().Should().Equal("b.service");
        units.Save([]);
        Directory.EnumerateFileSystemEntries(_root).Should().BeEmpty();
    }

    private UnitsToRestart Of(string name) => new(RuntimePaths.Below(_root), name);
}
