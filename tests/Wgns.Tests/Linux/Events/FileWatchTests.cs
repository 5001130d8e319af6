using Wgns.Linux.Events;

namespace Wgns.Tests.Linux.Events;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FileWatchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wgns-watch-").FullName;
    private readonly FileWatch _watch = new();

    private string Watched => Path.Combine(_directory, "resolv.conf");

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public void A_file_that_comes_is_written_is_replaced_and_goes_is_told_each_time()
    {
        _watch.Add(Watched).Should().BeTrue();
        Happened().Should().BeFalse();
        File.WriteAllText(Watched, "a");
        Happened().Should().BeTrue();
        File.AppendAllText(Watched, "b");
        Happened().Should().BeTrue();
        File.WriteAllText(Watched + ".new", "c");
        Happened().Should().BeFalse("it is another file");
        File.Move(Watched + ".new", Watched, overwrite: true);
        Happened().Should().BeTrue();
        File.Delete(Watched);
        Happened().Should().BeTrue();
    }

    [Test]
    public void A_directory_that_comes_later_can_be_added_then_and_again_after_it_went()
    {
        var inner = Path.Combine(_directory, "vpn");
        var file = Path.Combine(inner, "resolv.conf");
        for (var i = 0; i < 2; i++)
        {
            _watch.Add(inner).Should().BeTrue();
            _watch.Add(file).Should().BeFalse();
            Directory.CreateDirectory(inner);
            Happened().Should().BeTrue();
            _watch.Add(file).Should().BeTrue();
            File.WriteAllText(file, "x");
            Happened().Should().BeTrue();
            Directory.Delete(inner, recursive: true);
            Happened().Should().BeTrue();
        }
    }

    [Test]
    public void A_bell_wakes_once_however_often_it_was_rung()
    {
        using var bell = new Bell();
        bell.Ring();
        bell.Ring();
        Sleep.Until([_watch, bell], TimeSpan.FromSeconds(5)).Should().Equal(bell);
        Sleep.Until([_watch, bell], TimeSpan.Zero).Should().BeEmpty();
    }

    private bool Happened() => Sleep.Until([_watch], TimeSpan.FromMilliseconds(50)).Count > 0;
}
