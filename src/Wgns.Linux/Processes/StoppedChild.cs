namespace Wgns.Linux.Processes;

/// <summary>
/// Has this process, which stands for a command, stop when that is stopped, and the command go on when this one does. A shell sees
/// its own child alone: of a command in a group of its own, as a shell makes for itself, it would never learn that it has the terminal
/// and does nothing with it. As nsenter(1) and sudo(8) do.
/// </summary>
public sealed unsafe class StoppedChild
{
    /// <summary>How many of our group may stand between us and the shell.</summary>
    private const int MostAncestors = 64;

    private readonly ProcessIdentity _child;
    private bool _hadTerminal;

    private StoppedChild(ProcessIdentity child) => _child = child;

    /// <summary>From here on, until it has ended. Where this is nobody's job nothing happens: who would continue us?</summary>
    /// <param name="child">That nobody has waited for.</param>
    public static void Follow(ProcessIdentity child)
    {
        var stopped = new StoppedChild(child);
        new Thread(stopped.Run) { Name = "stops", IsBackground = true }.Begin();
    }

    private void Run()
    {
        // It is left to whoever waits for its end.
        while (Waited(Libc.WSTOPPED | Libc.WEXITED | Libc.WNOWAIT) == Libc.CLD_STOPPED)
        {
            // Somebody may have continued it by now.
            if (Waited(Libc.WSTOPPED | Libc.WNOHANG) == Libc.CLD_STOPPED && IsJob())
            {
                StopAlike();
            }
        }
    }

    /// <summary>What has become of it (si_code of sigaction(2)); 0 where it is nothing new, -1 where somebody else has waited for it.</summary>
    private int Waited(int options)
    {
        Libc.SignalInfo info = default;
        while (Libc.waitid(Libc.P_PID, _child.Pid, &info, options) != 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                return -1;
            }
        }

        return info.Code;
    }

    private void StopAlike()
    {
        using var terminal = new OwnedFd(Libc.openat(Libc.AT_FDCWD, "/dev/tty", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        var own = Libc.getpgrp();
        var group = Libc.getpgid(_child.Pid);
        if (terminal.IsInvalid || group < 0)
        {
            return;
        }

        if (group != own && Libc.tcgetpgrp(terminal.Value) == group)
        {
            _hadTerminal = true;
            Give(terminal, own);
        }

        // Returns when we are continued: this thread is the first to stop. By kill(2) that might be another, and this one be long past here,
        // with the command going on, when the rest is told to stop.
        _ = Libc.raise(Libc.SIGSTOP);

        // To the foreground (`fg`), not to the background (`bg`).
        if (_hadTerminal && Libc.tcgetpgrp(terminal.Value) == own)
        {
            Give(terminal, group);
        }

        if (Waited(Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT) == 0)
        {
            _ = Libc.kill(group == own ? _child.Pid : -group, Libc.SIGCONT);
        }
    }

    /// <summary>A process in the background that does so is stopped by SIGTTOU, but where that is blocked.</summary>
    private static void Give(OwnedFd terminal, int group)
    {
        var set = stackalloc byte[Libc.SignalSetSize];
        var before = stackalloc byte[Libc.SignalSetSize];
        _ = Libc.sigemptyset(set);
        _ = Libc.sigaddset(set, Libc.SIGTTOU);
        _ = Libc.pthread_sigmask(Libc.SIG_BLOCK, set, before);

        // EPERM where the group has ended: then nobody has it, and a shell takes it.
        _ = Libc.tcsetpgrp(terminal.Value, group);
        _ = Libc.pthread_sigmask(Libc.SIG_SETMASK, before, null);
    }

    /// <summary>
    /// Whether somebody of our session and of another group started us: a shell, which sees that we are stopped and may continue us.
    /// Where there is none the kernel's own stops by a terminal do nothing either (setpgid(2), orphaned groups).
    /// </summary>
    private static bool IsJob()
    {
        var own = Libc.getpgrp();
        var parent = (int)Libc.syscall(Syscall.getppid, 0, 0, 0, 0);
        for (var i = 0; i < MostAncestors && parent > 0; i++)
        {
            if (Libc.getpgid(parent) != own)
            {
                return Libc.getsid(parent) == Libc.getsid(0);
            }

            parent = ParentOf(parent);
        }

        return false;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            return ProcStat.Read(pid)?.Parent ?? 0;
        }
        catch (KernelException)
        {
            // Another user's, and hidden (hidepid of proc(5)).
            return 0;
        }
    }
}
