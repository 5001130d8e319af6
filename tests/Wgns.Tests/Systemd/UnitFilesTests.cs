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
        units.Write([DropIn]);
        units.Write([Socket]);
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
        units.Stranger(DropIn, out _).Should().Be($"{_root}/{DropIn.Path}");
        units.Stranger(Socket, out _).Should().BeNull();
    }

    [Test]
    public void A_link_is_somebody_elses_wherever_it_leads()
    {
        var units = new UnitFiles(_root);
        units.Write([Socket]);
        File.Move($"{_root}/{Socket.Path}", $"{_root}/real");
        File.CreateSymbolicLink($"{_root}/{Socket.Path}", $"{_root}/real");
        units.Stranger(Socket, out _).Should().NotBeNull();
        File.Delete($"{_root}/real");
        units.Stranger(Socket, out _).Should().NotBeNull();
        units.List().Should().BeEmpty();
    }

    [Test]
    public void A_file_that_was_written_for_another_namespace_is_left_to_it()
    {
        var units = new UnitFiles(_root);
        units.Write([DropIn with { Namespace = "other" }]);
        units.Stranger(DropIn, out var other).Should().NotBeNull();
        other!.Namespace.Should().Be("other");
        units.List("vpn").Should().BeEmpty();
    }

    [Test]
    public void Other_files_beside_ours_keep_their_directory()
    {
        var units = new UnitFiles(_root);
        units.Write([DropIn]);
        File.WriteAllText($"{_root}/web.service.d/10-mine.conf", "[Service]\n");
        units.Remove(DropIn);
        File.Exists($"{_root}/web.service.d/10-mine.conf").Should().BeTrue();
    }

    [Test]
    public void Of_several_files_none_is_changed_where_one_cannot_be_written()
    {
        var units = new UnitFiles(_root);
        units.Write([DropIn]);
        File.WriteAllText($"{_root}/mail.service.d", "a file where a directory should be");
        var write = () => units.Write([DropIn with { Body = "[Service]\n" }, Socket, DropIn with { Directory = "mail.service.d" }]);
        write.Should().Throw<Exception>().Where(e => ExpectedFailure.Is(e));
        units.List().Should().Equal(DropIn);
        Directory.EnumerateFileSystemEntries(_root).Select(Path.GetFileName).Should().BeEquivalentTo("web.service.d", "mail.service.d");
        Directory.EnumerateFileSystemEntries($"{_root}/web.service.d").Should().ContainSingle();
    }

    [Test]
    public void Stopped_before_the_first_takes_its_place_nothing_is_there_of_any()
    {
        var units = new UnitFiles(_root);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        ((Action)(() => units.Write([DropIn, Socket], stop.Token))).Should().Throw<OperationCanceledException>();
        Directory.EnumerateFileSystemEntries(_root).Should().BeEmpty();
    }

    [Test]
    public void What_a_killed_writer_left_beside_a_file_goes_with_it()
    {
        var units = new UnitFiles(_root);
        units.Write([DropIn]);
        File.WriteAllText($"{_root}/web.service.d/.zz-wgns.conf.4711.1", "[Un");
        units.Remove(DropIn);
        Directory.EnumerateFileSystemEntries(_root).Should().BeEmpty();
    }
}
