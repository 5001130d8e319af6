using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>Which of our descriptors the programs we start get.</summary>
public static class Descriptors
{
    private static readonly Errno ENOSYS = new(38);

    /// <summary>
    /// Those of 0, 1 and 2 that are sockets of a network family: they belong to the netns they were made in, and carry
    /// a program's data past the tunnel. AF_UNIX (journald, an ssh server's socketpair) is not of those.
    /// </summary>
    public static ImmutableArray<int> NetworkSocketsOnStandard() => [.. Enumerable.Range(0, 3).Where(IsNetworkSocket)];

    public static bool IsOpen(int fd) => Libc.fcntl(fd, Libc.F_GETFL, 0) >= 0;

    /// <summary>
    /// Marks every descriptor from 3 on to be closed by execve(2), so that a failing execve leaves them as they were
    /// for the rest of this process. Raw calls only.
    /// </summary>
    internal static unsafe void CloseOnExec()
    {
        if (Libc.syscall(Syscall.close_range, 3, unchecked((nint)uint.MaxValue), (nint)Libc.CLOSE_RANGE_CLOEXEC, 0) == 0)
        {
            return;
        }

        // Before Linux 5.11 (the flag) and 5.9 (the call). EPERM: a seccomp filter that does not know it yet.
        if (Libc.LastErrno != ENOSYS && Libc.LastErrno != Errno.EINVAL && Libc.LastErrno != Errno.EPERM)
        {
            throw new KernelException("close descriptors on execve", Libc.LastErrno);
        }

        Libc.ResourceLimit limit;
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) != 0)
        {
            throw new KernelException("get the limit of descriptors", Libc.LastErrno);
        }

        // The kernel's own ceiling for the limit (fs.nr_open) is 2^20 unless somebody raised it.
        for (var fd = 3; fd < (int)Math.Min(limit.Hard, 1 << 20); fd++)
        {
            _ = Libc.fcntl(fd, Libc.F_SETFD, Libc.FD_CLOEXEC); // EBADF for most
        }
    }

    /// <summary>A pipe that no program started meanwhile inherits, with both ends above 2.</summary>
    public static unsafe (OwnedFd Read, OwnedFd Write) Pipe()
    {
        var ends = stackalloc int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) != 0)
        {
            throw new KernelException("create a pipe", Libc.LastErrno);
        }

        return (AboveStandard(ends[0]), AboveStandard(ends[1]));
    }

    /// <summary>
    /// The same file under a number from 3 on: a process that was started without 0, 1 or 2 gets them from its next
    /// open, and the dup2 of one standard descriptor would then close what another is made from.
    /// </summary>
    private static OwnedFd AboveStandard(int fd)
    {
        if (fd > 2)
        {
            return new OwnedFd(fd);
        }

        using var low = new OwnedFd(fd);
        return Duplicate(fd);
    }

    internal static OwnedFd Duplicate(int fd)
    {
        var copy = Libc.fcntl(fd, Libc.F_DUPFD_CLOEXEC, 3);
        return copy >= 0 ? new OwnedFd(copy) : throw new KernelException("duplicate a descriptor", Libc.LastErrno);
    }

    private static unsafe bool IsNetworkSocket(int fd)
    {
        int domain;
        var length = (uint)sizeof(int);
        return Libc.getsockopt_int(fd, Libc.SOL_SOCKET_LEVEL, Libc.SO_DOMAIN_OPTION, &domain, &length) == 0
            && domain != Libc.AF_UNIX_FAMILY;
    }
}
