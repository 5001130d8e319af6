using System.Text;
using Wgns.Linux.Sockets;

namespace Wgns.Linux.Systemd;

/// <summary>Tells the service manager how we are: the protocol of sd_notify(3), datagrams of NAME=VALUE lines.</summary>
public sealed class NotifySocket : IDisposable
{
    private readonly OwnedFd _fd;
    private readonly byte[] _address;

    private NotifySocket(OwnedFd fd, byte[] address) => (_fd, _address) = (fd, address);

    /// <summary>The socket of a $NOTIFY_SOCKET: a path, or '@' and an abstract name.</summary>
    /// <returns>Null where there is none: nobody asked to be told.</returns>
    /// <exception cref="KernelException">EINVAL or ENAMETOOLONG: it is neither of the two that unix(7) has.</exception>
    public static NotifySocket? Open(string? notifySocket)
    {
        if (string.IsNullOrEmpty(notifySocket))
        {
            return null;
        }

        var address = AddressOf(notifySocket);
        var fd = new OwnedFd(Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
        if (fd.IsInvalid)
        {
            throw new KernelException("open a socket to the service manager", Libc.LastErrno);
        }

        try
        {
            Limit(fd);
            return new NotifySocket(fd, address);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>struct sockaddr_un, as long as its name: an abstract one has no closing NUL (unix(7)).</summary>
    internal static byte[] AddressOf(string notifySocket)
    {
        if (notifySocket[0] is not ('/' or '@'))
        {
            throw new KernelException($"use NOTIFY_SOCKET={notifySocket}", Errno.EINVAL, "it must begin with '/' or '@'");
        }

        var name = Encoding.UTF8.GetBytes(notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket + "\0");
        return name.Length <= UnixAddress.Room
            ? UnixAddress.Of(name)
            : throw new KernelException($"use NOTIFY_SOCKET={notifySocket}", Errno.ENAMETOOLONG, $"a path has at most {UnixAddress.LongestPath} bytes");
    }

    /// <summary>Sends lines in one datagram, which the manager takes as one.</summary>
    /// <returns>What the kernel answered: ECONNREFUSED or ENOENT where the manager is gone, EAGAIN where it does not read.</returns>
    public unsafe Errno Send(string lines)
    {
        var bytes = Encoding.UTF8.GetBytes(lines);
        fixed (byte* start = bytes, address = _address)
        {
            nint sent;
            do
            {
                sent = Libc.sendto(_fd, start, (nuint)bytes.Length, Libc.MSG_NOSIGNAL, address, (uint)_address.Length);
            }
            while (sent < 0 && Libc.LastErrno == Errno.EINTR);

            return sent < 0 ? Libc.LastErrno : Errno.None;
        }
    }

    public void Dispose() => _fd.Dispose();

    /// <summary>A manager that does not read must not stop who watches over a tunnel.</summary>
    private static unsafe void Limit(OwnedFd fd)
    {
        var second = new Libc.TimeVal { tv_sec = 1 };
        if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_SNDTIMEO, &second, (uint)sizeof(Libc.TimeVal)) < 0)
        {
            throw new KernelException("set a time limit for words to the service manager", Libc.LastErrno);
        }
    }
}
