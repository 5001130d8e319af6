namespace Wgns.Linux.Processes;

/// <summary>How a process ended (wait(2)).</summary>
/// <param name="ExitStatus">As shells have it: 128 + the signal where one ended it.</param>
/// <param name="Killed">Whether its time was up, and we killed it.</param>
public readonly unsafe record struct WaitStatus(int ExitStatus, bool Killed)
{
    /// <summary>Of signal(7), the one that ended it; 0 where it exited.</summary>
    public int Signal { get; init; }

    /// <summary>
    /// Ends this process, which stood for that one, by the same signal: a shell looks at that. Where Ctrl-C ended a command it
    /// ends its loop, and where the command only exited with 130 it goes on (bash(1), SIGNALS). Without a dump of our own memory.
    /// </summary>
    /// <returns>The exit status, to end with, where it was no signal.</returns>
    public int EndAlike()
    {
        if (Signal == 0)
        {
            return ExitStatus;
        }

        var none = default(Libc.ResourceLimit);
        Libc.Check(Libc.setrlimit(Libc.RLIMIT_CORE, &none), "set the limit of core dumps");

        // SIGKILL has no handler to take away.
        _ = Libc.signal(Signal, Libc.SIG_DFL);
        var set = stackalloc byte[Libc.SignalSetSize];
        _ = Libc.sigemptyset(set);
        _ = Libc.pthread_sigmask(Libc.SIG_SETMASK, set, null);
        _ = Libc.kill(Environment.ProcessId, Signal);
        return ExitStatus;
    }
}
