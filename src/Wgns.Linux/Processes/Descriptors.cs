using System.Collections.Immutable;
using Wgns.Linux.Tun;

namespace Wgns.Linux.Processes;

/// <summary>Which of our descriptors the programs we start get.</summary>
public static class Descriptors
{
    /// <summary>
    /// Those of 0, 1 and 2 that are sockets of a network family: they belong to the netns they were made in, and carry
    /// a program's data past the tunnel. AF_UNIX (journald, an ssh server's socketpair) is not of those; a TUN or TAP device is.
    /// </summary>
    public static ImmutableArray<int> NetworkSocketsOnStandard() => OnStandard(fd => IsNetworkSocket(fd) || TunDescriptor.Is(fd));

    /// <summary>
    /// Whether it is open and whoever started us left it so: what was opened since (by the runtime, too) is closed on execve(2).
    /// </summary>
    public static bool IsInherited(int fd) => Libc.fcntl(fd, Libc.F_GETFD, 0) is >= 0 and var flags && (flags & Libc.FD_CLOEXEC) == 0;

    /// <summary>
    /// Those of 0, 1 and 2 that are directories, or name a file without having opened it (O_PATH): from there openat(2), and
    /// connect(2) by /proc/self/fd, reach what other mounts cover for the rest of the process.
    /// </summary>
    public static ImmutableArray<int> PlacesOnStandard() => OnStandard(IsPlace);

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
        if (Libc.LastErrno != Errno.ENOSYS && Libc.LastErrno != Errno.EINVAL && Libc.LastErrno != Errno.EPERM)
        {
            throw new KernelException("close descriptors on execve", Libc.LastErrno);
        }

        Libc.ResourceLimit limit;
        Libc.Check(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit), "get the limit of descriptors");

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
        Libc.Check(Libc.pipe2(ends, Libc.O_CLOEXEC), "create a pipe");

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

    /// <summary>The same open file under another number, from 3 on, that no program started later inherits.</summary>
    /// <exception cref="KernelException">EBADF: it is not open.</exception>
    public static OwnedFd Duplicate(int fd)
    {
        var copy = Libc.fcntl(fd, Libc.F_DUPFD_CLOEXEC, 3);
        return copy >= 0 ? new OwnedFd(copy) : throw new KernelException("duplicate a descriptor", Libc.LastErrno);
    }

    private static ImmutableArray<int> OnStandard(Predicate<int> isOne)
    {
        var found = ImmutableArray<int>.Empty;
        for (var fd = 0; fd <= 2; fd++)
        {
            found = isOne(fd) ? found.Add(fd) : found;
        }

        return found;
    }

    private static unsafe bool IsPlace(int fd)
    {
        var flags = Libc.fcntl(fd, Libc.F_GETFL, 0);
        Libc.Statx stat;
        return flags >= 0
            && ((flags & Libc.O_PATH) != 0
                || (Libc.statx(fd, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) == 0 && (stat.Mode & Libc.S_IFMT) == Libc.S_IFDIR));
    }

    private static unsafe bool IsNetworkSocket(int fd)
    {
        int domain;
        var length = (uint)sizeof(int);
        return Libc.getsockopt_number(fd, Libc.SOL_SOCKET, Libc.SO_DOMAIN, &domain, &length) == 0
            && domain != Libc.AF_UNIX;
    }
}
