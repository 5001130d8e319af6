using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>Namespaces of other processes.</summary>
public static class NamespaceFile
{
    /// <summary>Opens one; null where the process has ended.</summary>
    /// <param name="kind">As in /proc/PID/ns: "user", "mnt", "net".</param>
    /// <exception cref="KernelException">EACCES where ptrace(2)'s access check refuses it.</exception>
    public static OwnedFd? TryOpen(ProcessIdentity process, string kind)
    {
        var path = $"/proc/{process.Pid}/ns/{kind}";
        var fd = new OwnedFd(Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        if (fd.IsInvalid)
        {
            var errno = Libc.LastErrno;
            return errno == Errno.ENOENT || errno == Errno.ESRCH ? null : throw new KernelException($"open {path}", errno);
        }

        // The number may be another's since.
        if (process.IsAlive())
        {
            return fd;
        }

        fd.Dispose();
        return null;
    }

    /// <summary>Whether a namespace is the one that this process is in.</summary>
    public static unsafe bool IsOwn(OwnedFd fd, string kind)
    {
        ArgumentNullException.ThrowIfNull(fd);
        Libc.Statx theirs;
        Libc.Statx ours;
        return Libc.statx(fd.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &theirs) == 0
            && Libc.statx(Libc.AT_FDCWD, $"/proc/thread-self/ns/{kind}", 0, Libc.STATX_BASIC_STATS, &ours) == 0
            && Netns.IdentityOf(theirs) == Netns.IdentityOf(ours);
    }
}
