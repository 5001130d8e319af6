namespace Wgns.Linux.Processes;

/// <summary>pidfd_open(2), Linux 5.3: a descriptor that stands for one process, whoever gets its number later.</summary>
internal static class Pidfd
{
    /// <summary>For whoever has the number now, a zombie too; null where nobody has.</summary>
    /// <exception cref="KernelException">EMFILE and the like.</exception>
    internal static OwnedFd? TryOpen(int pid)
    {
        var fd = (int)Libc.syscall(Syscall.pidfd_open, pid, 0, 0, 0);
        return fd >= 0 ? new OwnedFd(fd)
            : Libc.LastErrno == Errno.ESRCH ? null
            : throw new KernelException($"open process {pid}", Libc.LastErrno);
    }

    /// <summary>For a child of ours that nobody has waited for, whose number is its own until then.</summary>
    /// <exception cref="KernelException">ESRCH: somebody has waited for it; EMFILE and the like.</exception>
    internal static OwnedFd Open(int pid) => TryOpen(pid) ?? throw new KernelException($"open process {pid}", Errno.ESRCH);
}
