using System.Collections.Immutable;
using System.Globalization;
using Wgns.Configuration;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Forwarding;
using Wgns.Linux.Processes;
using Wgns.Publishing;
using Wgns.Systemd;

namespace Wgns.Supervision;

/// <summary>
/// The proxy of a supervised namespace: one process for all its [[publish]] of which systemd has no socket unit, started
/// again where it ends, and ended with the supervisor.
/// </summary>
/// <param name="units">Where a socket unit is, if there is one: <see cref="UnitFiles.Directory"/>.</param>
/// <param name="say">Gets a sentence for people.</param>
internal sealed class PublishedProxy(RuntimePaths paths, string units, Action<string> say) : IDisposable
{
    /// <summary>Seconds that connections have when the supervisor ends, or what is published changes.</summary>
    private const int Grace = 1;

    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1));

    /// <summary>One that ran so long has not failed at its start.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private ImmutableArray<string> _words = [];
    private AttendedChild? _child;
    private string _name = string.Empty;
    private TimeSpan _startedAt;
    private TimeSpan _startAt;
    private int _failures;

    /// <summary>Tells when it has ended; null while there is none.</summary>
    internal IEventSource? Source => _child;

    /// <summary>When it is to be started again; null where that is not due.</summary>
    internal TimeSpan? Next => _child is null && !_words.IsEmpty ? _startAt : null;

    /// <summary>What is to be forwarded, in `wgns forward`'s words; empty where systemd does all, or nothing is published.</summary>
    internal static ImmutableArray<string> WordsOf(NamespaceConfig config, Func<string, bool> hasUnit) =>
    [
        .. config.Publish.Where(p => p.HasProxy && !hasUnit(PublishUnits.SocketOf(config.Name, p))).SelectMany(p => ForwardEntry.Of(p).Words),
    ];

    /// <summary>Starts, starts again, changes or ends it, as is due.</summary>
    internal void Tend(NamespaceConfig config, TimeSpan now)
    {
        if (paths.Program is not { } program)
        {
            return;
        }

        Bury(now);
        var words = WordsOf(config, unit => Path.Exists($"{units}/{unit}"));
        if (!words.SequenceEqual(_words))
        {
            End();
            (_words, _startAt, _failures) = (words, now, 0);
        }

        if (_child is not null || _words.IsEmpty || now < _startAt)
        {
            return;
        }

        (_name, _startedAt) = (config.Name, now);
        try
        {
            _child = AttendedChild.Start(new SpawnRequest(
                program, ["forward", "--netns", config.Name, "--attended", "--grace", Grace.ToString(CultureInfo.InvariantCulture), .. _words])
            {
                WorkingDirectory = "/",
            });
            ForwardRecord.Write(paths, _name, _child.Identity);
        }
        catch (KernelException e)
        {
            Fail(e.Message, now);
        }
    }

    public void Dispose() => End();

    private void Bury(TimeSpan now)
    {
        if (_child?.HasEnded() == true)
        {
            var status = _child.End(TimeSpan.Zero);
            Forget();
            _failures = now - _startedAt > Long ? 0 : _failures;
            Fail($"the proxy of {_name}'s published ports ended with status {status.ToString(CultureInfo.InvariantCulture)}", now);
        }
    }

    private void Fail(string problem, TimeSpan now)
    {
        var pause = Pause.After(++_failures);
        _startAt = now + pause;
        say($"{problem}; it is started again in {pause.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s");
    }

    private void End()
    {
        if (_child is not null)
        {
            _child.End(TimeSpan.FromSeconds(Grace + 2));
            Forget();
        }
    }

    private void Forget()
    {
        _child?.Dispose();
        _child = null;
        File.Delete(paths.ForwardFile(_name));
        foreach (var path in _words.Where((w, i) => i % 2 == 0 && w.StartsWith('/')))
        {
            // It has no leave to remove the sockets that it listened on.
            ListeningSocket.RemoveLeftOver(path);
        }
    }
}
