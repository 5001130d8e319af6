namespace Wgns.Linux.Namespaces;

/// <summary>
/// The number that the kernel gives to one netns and, until the machine starts anew, to no other (SO_NETNS_COOKIE of
/// socket(7)). Its inode's number is free for the next netns as soon as it is gone.
/// </summary>
public static class NetnsCookie
{
    /// <summary>Whether two netns of one inode's number can be one: not where both have a cookie, and these differ.</summary>
    public static bool Agree(ulong? one, ulong? other) => one is null || other is null || one == other;

    /// <summary>Null before Linux 5.14.</summary>
    /// <exception cref="KernelException">setns(2) was refused: EPERM without CAP_SYS_ADMIN.</exception>
    public static ulong? Of(Netns netns)
    {
        ArgumentNullException.ThrowIfNull(netns);
        return NetnsThread.Run(netns.Fd, OfThisThread);
    }

    /// <summary>Of the netns that the calling thread is in. Raw calls only.</summary>
    public static unsafe ulong? OfThisThread()
    {
        const string operation = "ask for the cookie of a network namespace";
        using var socket = new OwnedFd(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0));
        if (socket.IsInvalid)
        {
            throw new KernelException(operation, Libc.LastErrno);
        }

        ulong cookie;
        var length = (uint)sizeof(ulong);
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie
            : Libc.LastErrno == Errno.ENOPROTOOPT ? null
            : throw new KernelException(operation, Libc.LastErrno);
    }
}
