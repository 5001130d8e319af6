using Wgns.Linux.Events;

namespace Wgns.Linux.Processes;

/// <summary>Waiting for a child of ours.</summary>
internal static unsafe class ChildProcess
{
    /// <summary>
    /// Before one is made. Who started us may ignore SIGCHLD, which execve(2) hands down: the kernel would take a child away as it ends,
    /// before anybody has asked how (wait(2)). A handler, as the runtime's own, stays. Raw calls only.
    /// </summary>
    internal static void Expect()
    {
        var action = stackalloc byte[Libc.SignalActionSize];
        if (Libc.sigaction(Libc.SIGCHLD, null, action) == 0 && *(nint*)action == Libc.SIG_IGN)
        {
            _ = Libc.signal(Libc.SIGCHLD, Libc.SIG_DFL);
        }
    }

    /// <summary>Waits for the child's end, kills it and its group when the time is up, and reaps it.</summary>
    internal static WaitStatus Wait(int pid, TimeSpan patience, CancellationToken stop = default)
    {
        using var pidfd = Pidfd.Open(pid);
        var killed = !Polling.Wait(pidfd, Libc.POLLIN, patience, stop);
        if (killed)
        {
            // The group first: while the child is not reaped its number cannot be another's.
            _ = Libc.kill(-pid, Libc.SIGKILL);
            _ = Libc.kill(pid, Libc.SIGKILL);
        }

        int status;
        while (Libc.waitpid(pid, &status, 0) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new KernelException($"wait for process {pid}", Libc.LastErrno);
            }
        }

        return new WaitStatus(ExitStatus(status), killed) { Signal = status & 0x7F };
    }

    /// <summary>Takes the first steps with a child that was just made; where they throw, it is ended and leaves no zombie.</summary>
    internal static T Begun<T>(int pid, Func<T> begin)
    {
        try
        {
            return begin();
        }
        catch
        {
            _ = Wait(pid, TimeSpan.Zero);
            throw;
        }
    }

    /// <summary>wait(2)'s status word as shells show it: the exit status, or 128 + the signal.</summary>
    internal static int ExitStatus(int status) => (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
}
