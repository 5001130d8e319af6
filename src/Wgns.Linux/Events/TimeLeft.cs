using System.Diagnostics;

namespace Wgns.Linux.Events;

/// <summary>What is left of a time that has begun.</summary>
public static class TimeLeft
{
    /// <param name="since">Of <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <returns>Never negative: to who waits, that may be for good (<see cref="Timeout.InfiniteTimeSpan"/>).</returns>
    public static TimeSpan Of(TimeSpan patience, long since)
    {
        var left = patience - Stopwatch.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
