namespace Wgns.WireGuard;

/// <summary>
/// The earliest moment at which a device has something to do. Data threads bring it forward without a lock; it is put back only by
/// who goes through all timers, so an armed timer is never slept over, and a disarmed one costs one look too many at most.
/// </summary>
internal sealed class WakeTime
{
    private long _at = long.MaxValue;

    internal TimeSpan At => new(Volatile.Read(ref _at));

    /// <returns>Whether it was later before.</returns>
    internal bool Lower(long at)
    {
        var seen = Volatile.Read(ref _at);
        while (at < seen)
        {
            var found = Interlocked.CompareExchange(ref _at, at, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Before going through all timers: whatever is armed meanwhile brings it forward again.</summary>
    internal void Reset() => Interlocked.Exchange(ref _at, long.MaxValue);
}
