using Wgns.Linux.Events;

namespace Wgns.Engine.Embedded;

/// <summary>When the device is to be woken. Any thread brings it forward; who does the waking puts it back before he looks.</summary>
internal sealed class Wake(Bell bell)
{
    private long _at = long.MaxValue;

    /// <summary><see cref="TimeSpan.MaxValue"/> for never.</summary>
    internal TimeSpan At => new(Volatile.Read(ref _at));

    /// <summary>
    /// Not later than this. Threads tell it in no particular order what the device told them, so it is never put back here:
    /// one look too many does no harm.
    /// </summary>
    internal void NotAfter(TimeSpan at)
    {
        var seen = Volatile.Read(ref _at);
        while (at.Ticks < seen)
        {
            var found = Interlocked.CompareExchange(ref _at, at.Ticks, seen);
            if (found == seen)
            {
                bell.Ring();
                return;
            }

            seen = found;
        }
    }

    internal void Reset() => Interlocked.Exchange(ref _at, long.MaxValue);
}
