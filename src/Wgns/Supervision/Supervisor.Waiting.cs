using Wgns.Lifecycle;
using Wgns.Linux.Processes;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Supervision;

/// <summary>What the service manager waits for: readiness, signs of life, a line for people.</summary>
public sealed partial class Supervisor
{
    /// <summary>A handshake takes as long as the way there and back; who waits longer can wait for a second.</summary>
    private static readonly Backoff Polls = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));

    /// <summary>The same where nobody waits; when a look comes as soon as a poll, polls end.</summary>
    private static readonly Backoff LatePolls = new(TimeSpan.FromMilliseconds(500), Pace.Regular);

    /// <summary>Sleeps from which it is worth while to give back what the last thing that was done took: some 5 ms of work.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private StatusLine _status;
    private bool _isUntrimmed;
    private bool _isReady;
    private IReadOnlyList<string> _missing = [];
    private string? _putBack;
    private string? _problem;
    private string? _reloadProblem;
    private TimeSpan _deadline;
    private TimeSpan? _poll = TimeSpan.Zero;
    private TimeSpan _extend;
    private int _polls;
    private HandshakeNudge? _nudge;
    private TimeSpan _ping;

    private TimeSpan? NextPing => _parts.WatchdogPause is null ? null : _ping;

    /// <summary>Before a longer sleep: it is in those that a supervisor spends its life.</summary>
    private void Trim(TimeSpan next)
    {
        if (_isUntrimmed && next - Now > Rest)
        {
            _isUntrimmed = false;
            OwnMemory.Trim();
        }
    }

    private void BeginToWait()
    {
        _deadline = Now + TimeSpan.FromSeconds(Config.ReadyTimeout);
        _nudge = new HandshakeNudge(_host, Config.Name);
    }

    private SupervisionEnd? WaitForHandshakes()
    {
        if (_poll is not { } due || Now < due)
        {
            return null;
        }

        if (_isReady)
        {
            PollLate();
            return null;
        }

        Extend();
        _poll = Now + Polls.After(++_polls);
        if (!Poll())
        {
            _poll = Now + Polls.Most;
        }

        if (_missing.Count > 0 && Now < _deadline)
        {
            return null;
        }

        if (_missing.Count > 0 && Config.ReadyRequired)
        {
            _status = Current();
            Outside.Say(
                $"no handshake on {string.Join(", ", _missing)} within {Config.ReadyTimeout} s (readyTimeout), which readyRequired asks for; "
                + $"the namespace stays as it is, closed to everything else; {HandshakeWait.Hint}");
            return SupervisionEnd.NotReady;
        }

        _isReady = true;
        TellReady();
        return null;
    }

    private void TellReady()
    {
        ExpectHandshakes();
        _status = Current();
        Outside.Notify(NotifyText.Ready(_status.ToString()));
        Outside.Status(_status);
        _isUntrimmed = true;
    }

    /// <summary>After what may bring handshakes that are missing: they are provoked, and noticed soon.</summary>
    private void ExpectHandshakes()
    {
        if (_isReady)
        {
            _polls = 0;
            _poll = Now + LatePolls.First;
        }
    }

    private void PollLate()
    {
        var pause = LatePolls.After(++_polls + 1);
        _poll = Poll() && _missing.Count > 0 && pause < LatePolls.Most ? Now + pause : null;
    }

    private bool Poll()
    {
        try
        {
            var observed = HandshakeWait.Look(_host, Config.Name);
            _missing = Readiness.Missing(Config, observed);
            if (_missing.Count > 0)
            {
                _nudge?.Silent(observed);
            }

            return true;
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            _missing = [.. Config.Interfaces.Select(i => i.Ifname)];
            Fail(e.Message);
            return false;
        }
    }

    private void Extend()
    {
        if (Now >= _extend)
        {
            _extend = Now + NotifyText.ExtensionPause;
            Outside.Notify(NotifyText.Extend(NotifyText.Extension));
        }
    }

    private void PingWatchdog()
    {
        if (_parts.WatchdogPause is { } pause && Now >= _ping)
        {
            Outside.Notify(NotifyText.Watchdog);
            _ping = Now + pause;
        }
    }

    private StatusLine Current() =>
        new(Config.Name, _isReady, _missing, _names.Unknown, _putBack, _problem) { Refused = _reloadProblem };

    private void TellStatus()
    {
        // By its words: two lists of the same names are not equal.
        var now = Current();
        if (now.ToString() != _status.ToString())
        {
            _status = now;
            Outside.Notify(NotifyText.Status(now.ToString()));
            Outside.Status(now);
        }
    }

    /// <summary>The configuration as it is now; where anything is wrong with it, the old one stays.</summary>
    /// <returns>Whether something had to be changed for it.</returns>
    private bool ReadAgain()
    {
        var hasChanged = false;
        if (_isReady)
        {
            Outside.Notify(NotifyText.Reloading(Now));
        }

        try
        {
            _reloadProblem = TakeNewConfiguration(out hasChanged);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            _reloadProblem = e.Message;
            Outside.Say(e.Message);
        }

        if (_isReady)
        {
            TellReady();
        }

        return hasChanged;
    }
}
