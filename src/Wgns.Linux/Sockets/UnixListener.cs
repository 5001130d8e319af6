namespace Wgns.Linux.Sockets;

/// <summary>A unix stream socket that is called. By system calls alone, as <see cref="UnixStream"/> is and for the same reason.</summary>
public sealed unsafe class UnixListener : IDisposable
{
    private readonly OwnedFd _fd;

    private UnixListener(OwnedFd fd) => _fd = fd;

    /// <summary>Bound to the path, and refusing whoever connects until <see cref="Listen"/>.</summary>
    /// <exception cref="KernelException">EADDRINUSE where there is anything, EACCES, ENOENT, EMFILE and the like.</exception>
    /// <exception cref="ArgumentException">The path is longer than <see cref="UnixAddress.LongestPath"/>.</exception>
    public static UnixListener Bind(string path)
    {
        var name = UnixAddress.Of(path);
        var fd = new OwnedFd(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0));
        fixed (byte* address = name)
        {
            if (fd.IsInvalid || Libc.bind(fd, address, (uint)name.Length) < 0)
            {
                var errno = Libc.LastErrno;
                fd.Dispose();
                throw new KernelException($"open the socket {path}", errno);
            }
        }

        return new UnixListener(fd);
    }

    /// <param name="backlog">Callers that wait while one is answered; the next ones wait in connect(2).</param>
    public void Listen(int backlog)
    {
        if (Libc.listen(_fd, backlog) < 0)
        {
            throw new KernelException("listen on a unix socket", Libc.LastErrno);
        }
    }

    /// <summary>Waits for a caller.</summary>
    /// <returns>Null, and why: EINVAL after <see cref="Dispose"/>; EMFILE, ENFILE, ENOMEM and the like, while the caller goes on waiting.</returns>
    public UnixStream? Accept(out Errno errno)
    {
        while (true)
        {
            OwnedFd caller;
            try
            {
                caller = new OwnedFd(Libc.accept4(_fd, null, null, Libc.SOCK_CLOEXEC));
            }
            catch (ObjectDisposedException)
            {
                errno = Errno.EINVAL;
                return null;
            }

            errno = caller.IsInvalid ? Libc.LastErrno : Errno.None;
            if (errno != Errno.EINTR)
            {
                return caller.IsInvalid ? null : UnixStream.Of(caller);
            }
        }
    }

    /// <summary>Who waits for a caller on another thread returns: close(2) alone would leave them there.</summary>
    public void Dispose()
    {
        if (!_fd.IsClosed)
        {
            _ = Libc.shutdown(_fd.Value, Libc.SHUT_RD);
            _fd.Dispose();
        }
    }
}
