namespace Wgns.Linux.Processes;

/// <summary>Waits shorter than a millisecond, which is the least that <see cref="Thread.Sleep(int)"/> takes.</summary>
public static class Pause
{
    /// <summary>usleep(3). A signal may end it early.</summary>
    /// <param name="microseconds">0-999,999.</param>
    public static void For(uint microseconds) => _ = Libc.usleep(microseconds);
}
