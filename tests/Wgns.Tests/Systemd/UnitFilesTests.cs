using Wgns.Systemd;

namespace Wgns.Tests.Systemd;

public sealed class UnitFilesTests
{
    private static readonly UnitFile DropIn = new("web.service.d", "zz-wgns.conf", "vpn", "web.service", "[Unit]\n");
    private static readonly UnitFile Socket = new("", "wgns-publish-vpn:1.socket", "vpn", "wgns-publish-vpn:1.socket", "[Socket]\n");
    private string _root = null!;

    [SetUp]
    public void Make() => _root = Directory.CreateTempSubdirectory("wgns-units-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    [Test]
    public void What_was_written_is_listed_unchanged_and_taken_back_to_the_last_directory()
    {
        var units = new UnitFiles(_root);
        units.Change(DropIn).Should().Be(UnitFileChange.Written);
        units.Write(DropIn);
        units.Write(Socket);
        units.Change(DropIn).Should().Be(UnitFileChange.Unchanged);
        units.Change(DropIn with { Body = "[Unit]\n#\n" }).Should().Be(UnitFileChange.Changed);
        units.List("vpn").Should().Equal(Socket, DropIn);
        units.List("other").Should().BeEmpty();
        File.GetUnixFileMode($"{_root}/{DropIn.Path}").Should().Be((UnixFileMode)0x1A4);
        foreach (var file in units.List())
        {
            units.Remove(file);
        }

        Directory.EnumerateFileSystemEntries(_root).Should().BeEmpty();
    }

    [Test]
    public void A_file_of_somebody_elses_is_neither_listed_nor_ours_to_write()
    {
        var units = new UnitFiles(_root);
        Directory.CreateDirectory($"{_root}/web.service.d");
        File.WriteAllText($"{_root}/{DropIn.Path}", "[Service]\n");
        units.List().Should().BeEmpty();
        units.Stranger(DropIn).Should().Be($"{_root}/{DropIn.Path}");
        units.Stranger(Socket).Should().BeNull();
    }

    [Test]
    public void A_link_is_somebody_elses_wherever_it_leads()
    {
        var units = new UnitFiles(_root);
        units.Write(Socket);
        File.Move($"{_root}/{Socket.Path}", $"{_root}/real");
        File.CreateSymbolicLink($"{_root}/{Socket.Path}", $"{_root}/real");
        units.Stranger(Socket).Should().NotBeNull();
        File.Delete($"{_root}/real");
        units.Stranger(Socket).Should().NotBeNull();
        units.List().Should().BeEmpty();
    }

    [Test]
    public void A_file_that_was_written_for_another_namespace_is_left_to_it()
    {
        var units = new UnitFiles(_root);
        units.Write(DropIn with { Namespace = "other" });
        units.Stranger(DropIn).Should().NotBeNull();
        units.List("vpn").Should().BeEmpty();
    }

    [Test]
    public void Other_files_beside_ours_keep_their_directory()
    {
        var units = new UnitFiles(_root);
        units.Write(DropIn);
        File.WriteAllText($"{_root}/web.service.d/10-mine.conf", "[Service]\n");
        units.Remove(DropIn);
        File.Exists($"{_root}/web.service.d/10-mine.conf").Should().BeTrue();
    }
}
