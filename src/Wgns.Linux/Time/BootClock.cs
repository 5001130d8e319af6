namespace Wgns.Linux.Time;

/// <summary>CLOCK_BOOTTIME (clock_gettime(2)): never set, and goes on while the machine sleeps.</summary>
public static class BootClock
{
    /// <summary>Since the machine's start.</summary>
    public static unsafe TimeSpan Now
    {
        get
        {
            Libc.TimeSpec time;
            _ = Libc.clock_gettime(Libc.CLOCK_BOOTTIME, &time);
            return new TimeSpan((time.tv_sec * TimeSpan.TicksPerSecond) + (time.tv_nsec / TimeSpan.NanosecondsPerTick));
        }
    }
}
