using System.Diagnostics;
using System.Globalization;
using Wgns.Linux.Events;

namespace Wgns.Linux.Processes;

/// <summary>How a process that was asked to end came to it.</summary>
public enum ProcessEnd
{
    /// <summary>It was not there any more, or its pid is another's.</summary>
    WasGone,

    /// <summary>It ended on SIGTERM.</summary>
    Ended,

    /// <summary>It took SIGKILL.</summary>
    Killed,
}

/// <summary>One process and no other that gets its pid later.</summary>
/// <param name="StartTime">Clock ticks from the kernel's start: field 22 of <c>/proc/PID/stat</c>.</param>
public readonly record struct ProcessIdentity(int Pid, ulong StartTime)
{
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    /// <summary>Null where no process has the pid.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ProcStat.Read(pid) is { } stat ? new ProcessIdentity(pid, stat.StartTime) : null;

    /// <summary>What can be written down, to find it again: pid and start time with <paramref name="between"/> them.</summary>
    public string Text(char between) => string.Create(CultureInfo.InvariantCulture, $"{Pid}{between}{StartTime}");

    /// <summary>Reads <see cref="Text"/>; null for what is none.</summary>
    public static ProcessIdentity? Read(string? text, char between) =>
        text?.Split(between) is [var pid, var start]
        && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && ulong.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new ProcessIdentity(number, time)
            : null;

    /// <summary>A zombie, which only waits for its parent to look, is dead.</summary>
    public bool IsAlive() => ProcStat.Read(Pid) is { State: not ('Z' or 'X') } stat && stat.StartTime == StartTime;

    /// <summary>Sends a signal; nothing where it has ended. For a child of ours that nobody has waited for, or with luck.</summary>
    /// <param name="signal">A number of signal(7).</param>
    /// <exception cref="KernelException">EPERM: it is not ours to signal.</exception>
    public void Signal(int signal)
    {
        using var pidfd = Pidfd.TryOpen(Pid);
        if (pidfd is not null && IsAlive())
        {
            Send(pidfd, signal);
        }
    }

    /// <summary>SIGTERM or another signal, and SIGKILL where that does not help within <paramref name="patience"/>. Returns when it is dead.</summary>
    /// <exception cref="KernelException">EPERM: it is not ours to end; ETIMEDOUT: it is stuck in the kernel.</exception>
    /// <param name="signal">A number of signal(7) that asks it to end; null is SIGTERM.</param>
    public ProcessEnd EndGracefully(TimeSpan patience, int? signal = null)
    {
        // The descriptor stands for whoever has the pid now; from here on it cannot become another's.
        using var pidfd = Pidfd.TryOpen(Pid);
        if (pidfd is null || ProcStat.Read(Pid)?.StartTime != StartTime)
        {
            return ProcessEnd.WasGone;
        }

        // With its first thread dead the others may still hold what the process has open, devices and ports: their end is waited for.
        var isEnding = !IsAlive();
        if (!isEnding)
        {
            Send(pidfd, signal ?? Libc.SIGTERM);
        }

        if (Wait(pidfd, patience))
        {
            Reap();
            return isEnding ? ProcessEnd.WasGone : ProcessEnd.Ended;
        }

        Send(pidfd, Libc.SIGKILL);
        if (!Wait(pidfd, KillPatience))
        {
            throw new KernelException($"kill process {Pid}", Errno.ETIMEDOUT);
        }

        Reap();
        return ProcessEnd.Killed;
    }

    /// <summary><see cref="EndGracefully"/> of several, who have their time side by side.</summary>
    public static void EndAll(IReadOnlyCollection<ProcessIdentity> processes, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(processes);
        foreach (var process in processes)
        {
            process.Signal(Libc.SIGTERM);
        }

        var since = Stopwatch.GetTimestamp();
        foreach (var process in processes)
        {
            // 0 sends nothing: a second SIGTERM would be a second wish.
            process.EndGracefully(TimeLeft.Of(patience, since), signal: 0);
        }
    }

    private void Send(OwnedFd pidfd, int signal)
    {
        if (Libc.syscall(Syscall.pidfd_send_signal, pidfd.Value, signal, 0, 0) != 0 && Libc.LastErrno != Errno.ESRCH)
        {
            throw new KernelException($"signal process {Pid}", Libc.LastErrno);
        }
    }

    /// <summary>A pidfd is readable once the process is dead, reaped or not.</summary>
    private static bool Wait(OwnedFd pidfd, TimeSpan patience) => Polling.Wait(pidfd, Libc.POLLIN, patience);

    private unsafe void Reap()
    {
        // ECHILD where it is not our child: then it is its parent's to reap.
        int status;
        _ = Libc.waitpid(Pid, &status, Libc.WNOHANG);
    }
}
