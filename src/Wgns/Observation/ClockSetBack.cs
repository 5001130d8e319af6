namespace Wgns.Observation;

/// <summary>
/// Handshakes are told by the time of day (CLOCK_REALTIME). One of a time to come was told by a clock that was set back since: it says
/// nothing of how the tunnel is now, and until then a peer takes no new one of ours for new (the paper's TAI64N timestamps).
/// </summary>
public static class ClockSetBack
{
    /// <summary>In the place of an age.</summary>
    public const string Words = "in the future: the clock was set back";

    /// <summary>Clocks are put right by a little at any time.</summary>
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(5);

    /// <param name="age">From the handshake until now.</param>
    public static bool Is(TimeSpan age) => age < -Little;
}
