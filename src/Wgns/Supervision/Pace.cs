namespace Wgns.Supervision;

/// <summary>
/// Decides when to look at the namespace: a moment after the kernel told of a change, once a minute for what it tells
/// nobody (an engine that hangs, peers changed by wg(8), a handshake gone stale), and less often where somebody else
/// keeps on changing what we put back. Times are of one monotonic clock.
/// </summary>
public sealed class Pace
{
    /// <summary>Without a notification.</summary>
    public static readonly TimeSpan Regular = TimeSpan.FromMinutes(1);

    /// <summary>Changes come in bunches: a ruleset of a hundred rules is a hundred messages.</summary>
    public static readonly TimeSpan Bunch = TimeSpan.FromMilliseconds(100);

    /// <summary>Between two times of putting something back, or of failing to.</summary>
    public static readonly Backoff Fight = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1));

    private TimeSpan _regular;
    private TimeSpan? _told;
    private TimeSpan _notBefore;
    private TimeSpan _lastFight;
    private int _fights;

    public Pace(TimeSpan now) => _regular = now + Regular;

    /// <summary>When to look next.</summary>
    public TimeSpan Next
    {
        get
        {
            var next = _told is { } told && told < _regular ? told : _regular;
            return next > _notBefore ? next : _notBefore;
        }
    }

    public bool IsDue(TimeSpan now) => now >= Next;

    /// <summary>Something changed, or is known that was not.</summary>
    public void Told(TimeSpan now) => _told ??= now + Bunch;

    /// <param name="hadToAct">Whether something had drifted, put back or not.</param>
    public void Looked(TimeSpan now, bool hadToAct)
    {
        _told = null;
        _regular = now + Regular;
        if (hadToAct)
        {
            _fights++;
            _lastFight = now;
        }
        else if (now - _lastFight > Fight.Most)
        {
            _fights = 0;
        }

        _notBefore = hadToAct ? now + Fight.After(_fights) : now;
    }
}
