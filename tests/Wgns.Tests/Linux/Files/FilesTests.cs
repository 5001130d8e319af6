using Wgns.Linux;
using Wgns.Linux.Files;

namespace Wgns.Tests.Linux.Files;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class FilesTests
{
    private string _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("wgns-files").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void An_atomic_write_replaces_the_whole_file_and_leaves_nothing_beside_it()
    {
        var path = _directory + "/state.json";
        AtomicFile.Write(path, "first, and longer"u8, 0b110_000_000);
        AtomicFile.Write(path, "second"u8, 0b110_100_100);
        File.ReadAllText(path).Should().Be("second");
        File.GetUnixFileMode(path).Should().Be((UnixFileMode)0b110_100_100);
        Directory.GetFileSystemEntries(_directory).Should().Equal(path);
    }

    [Test]
    public void An_atomic_write_replaces_a_planted_link_and_spares_where_it_leads()
    {
        var (path, precious) = (_directory + "/key", _directory + "/precious");
        File.WriteAllText(precious, "kept");
        File.CreateSymbolicLink(path, precious);
        AtomicFile.Write(path, "new"u8, 0b110_000_000, fsync: false);
        File.ReadAllText(precious).Should().Be("kept");
        new FileInfo(path).LinkTarget.Should().BeNull();
    }

    [Test]
    public void A_log_in_whose_place_a_pipe_stands_is_an_error_and_not_waited_for()
    {
        var path = _directory + "/log";
        System.Diagnostics.Process.Start("mkfifo", [path]).WaitForExit();
        FluentActions.Invoking(() => LogFile.Open(path)).Should().Throw<KernelException>().Which.Message.Should().Contain(path);
    }

    [Test]
    public void An_atomic_write_that_cannot_be_leaves_what_was_there()
    {
        Directory.CreateDirectory(_directory + "/taken");
        var act = () => AtomicFile.Write(_directory + "/taken", "x"u8, 0b110_000_000);
        act.Should().Throw<KernelException>();
        Directory.GetFileSystemEntries(_directory).Should().Equal(_directory + "/taken");
    }

    [Test]
    public void A_write_in_place_is_seen_by_who_has_the_file_open()
    {
        var path = _directory + "/resolv.conf";
        InPlaceFile.Write(path, "nameserver 10.0.0.1\nnameserver 10.0.0.2\n"u8, 0b110_100_100);
        using var open = new StreamReader(path);
        InPlaceFile.Write(path, "nameserver 10.9.9.9\n"u8, 0b110_100_100);
        open.ReadToEnd().Should().Be("nameserver 10.9.9.9\n");
    }

    [Test]
    public void A_write_in_place_does_not_follow_a_link()
    {
        File.CreateSymbolicLink(_directory + "/resolv.conf", _directory + "/elsewhere");
        var act = () => InPlaceFile.Write(_directory + "/resolv.conf", "x"u8, 0b110_100_100);
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ELOOP);
        File.Exists(_directory + "/elsewhere").Should().BeFalse();
    }

    [Test]
    public void A_lock_is_one_holders_at_a_time_and_who_waits_is_told_once()
    {
        var path = _directory + "/vpn.lock";
        var told = 0;
        using (FileLock.TryTake(path, TimeSpan.Zero, () => told++))
        {
            FileLock.TryTake(path, TimeSpan.Zero, () => told++).Should().BeNull();
            told.Should().Be(0);
            FileLock.TryTake(path, TimeSpan.FromMilliseconds(100), () => told++).Should().BeNull();
            told.Should().Be(1);
        }

        using var free = FileLock.TryTake(path, TimeSpan.Zero);
        free.Should().NotBeNull();
        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public void A_lock_that_comes_free_goes_to_who_waits()
    {
        var path = _directory + "/vpn.lock";
        var first = FileLock.TryTake(path, TimeSpan.Zero)!;
        using var waiting = new ManualResetEventSlim();
        var second = Task.Run(() => FileLock.TryTake(path, Timeout.InfiniteTimeSpan, waiting.Set));
        waiting.Wait();
        second.IsCompleted.Should().BeFalse();
        first.Dispose();
        using var taken = second.GetAwaiter().GetResult();
        taken.Should().NotBeNull();
    }

    [TestCase("")]
    [TestCase("/tmp/")]
    [TestCase("/tmp/..")]
    public void A_path_that_names_no_file_is_refused(string path)
    {
        var act = () => AtomicFile.Write(path, default, 0b110_000_000);
        act.Should().Throw<ArgumentException>();
    }
}
