namespace Wgns.WireGuard;

/// <summary>
/// A moment, by two clocks. <paramref name="Now"/> never jumps and goes on while the machine sleeps (CLOCK_BOOTTIME): sessions age by
/// it. <paramref name="Wall"/> is the time of day, which only the timestamp in an initiation needs.
/// </summary>
public readonly record struct Instant(TimeSpan Now, DateTimeOffset Wall);
