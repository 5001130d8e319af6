using System.Diagnostics;
using System.Globalization;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Forwarding;
using Wgns.Linux.Processes;
using Wgns.Publishing;

namespace Wgns.Supervision;

/// <summary>The proxy of one [[publish]].</summary>
/// <param name="from">When it is to be started first.</param>
/// <param name="say">Gets a sentence for people.</param>
internal sealed class PublishedProxy(string program, string name, ForwardEntry entry, TimeSpan from, Action<string> say) : IDisposable
{
    /// <summary>Seconds that connections have when the supervisor ends, or what is published changes.</summary>
    private const int Grace = 1;

    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1));

    /// <summary>One that ran so long has not failed at its start.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private AttendedChild? _child;
    private TimeSpan _startedAt;
    private TimeSpan _startAt = from;
    private int _failures;
    private long _toldAt;

    internal string Namespace => name;

    internal ForwardEntry Entry => entry;

    internal ProcessIdentity? Process => _child?.Identity;

    /// <summary>Tells when it has ended; null while there is none.</summary>
    internal IEventSource? Source => _child;

    /// <summary>When it is to be started again; null while it runs.</summary>
    internal TimeSpan? Next => _child is null ? _startAt : null;

    internal bool IsDue(TimeSpan now) => _child is null && now >= _startAt;

    /// <summary>Takes note of its end; false where it runs, or did not.</summary>
    internal bool Bury(TimeSpan now)
    {
        if (_child?.HasEnded() != true)
        {
            return false;
        }

        var status = _child.End(TimeSpan.Zero);
        Forget();
        _failures = now - _startedAt > Long ? 0 : _failures;
        Fail($"the proxy of {name}'s published {entry.Listen} ended with status {status.ToString(CultureInfo.InvariantCulture)}", now);
        return true;
    }

    internal void Start(TimeSpan now)
    {
        _startedAt = now;
        try
        {
            _child = AttendedChild.Start(new SpawnRequest(
                program, ["forward", "--netns", name, "--attended", "--grace", Grace.ToString(CultureInfo.InvariantCulture), .. entry.Words])
            {
                WorkingDirectory = "/",
            });
        }
        catch (KernelException e)
        {
            Fail(e.Message, now);
        }
    }

    internal void Postpone(TimeSpan until) => _startAt = until;

    /// <summary>Has it end by itself, after a while for what is open.</summary>
    internal void LetGo()
    {
        _toldAt = Stopwatch.GetTimestamp();
        _child?.LetGo();
    }

    /// <summary>After <see cref="LetGo"/>: waits for its end, and makes it end where that takes too long.</summary>
    public void Dispose()
    {
        if (_child is not null)
        {
            _child.End(TimeLeft.Of(TimeSpan.FromSeconds(Grace + 2), _toldAt));
            Forget();
        }
    }

    /// <summary>Has it started again later, the later the more often it failed.</summary>
    internal void Fail(string problem, TimeSpan now)
    {
        var pause = Pause.After(++_failures);
        _startAt = now + pause;
        say($"{problem}; it is started again in {pause.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s");
    }

    private void Forget()
    {
        _child?.Dispose();
        _child = null;
        if (entry.Listen.Address?.Path is { } path)
        {
            // It has no leave to remove the socket that it listened on.
            ListeningSocket.RemoveLeftOver(path);
        }
    }
}
