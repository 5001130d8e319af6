namespace Wgns.Linux.Processes;

/// <summary>The process that started us.</summary>
public static class ParentProcess
{
    /// <summary>
    /// From here on we are killed when it ends, or the thread of it that started us. Survives execve(2), and no change of
    /// credentials (PR_SET_PDEATHSIG of prctl(2)).
    /// </summary>
    /// <exception cref="KernelException">ESRCH: it has ended already.</exception>
    public static void EndWith(int parent)
    {
        Libc.Check(Libc.prctl(Libc.PR_SET_PDEATHSIG, Libc.SIGKILL, 0, 0, 0), "be told of the parent's end");

        if (Libc.syscall(Syscall.getppid, 0, 0, 0, 0) != parent)
        {
            throw new KernelException("find the process that started this one", Errno.ESRCH);
        }
    }
}
