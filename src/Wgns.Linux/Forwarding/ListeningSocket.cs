using System.Net;
using System.Runtime.InteropServices;
using Wgns.Linux.Sockets;
using Wgns.WireGuard;

namespace Wgns.Linux.Forwarding;

/// <summary>Sockets that listen, made in the calling thread's netns, or handed in.</summary>
public static unsafe class ListeningSocket
{
    /// <summary>listen(2) has it no longer than net.core.somaxconn, 4096 by default.</summary>
    private const int Backlog = 4096;

    /// <summary>As a socket unit of systemd's has it by default (SocketMode=).</summary>
    private const UnixFileMode Everybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>A TCP socket; <c>[::]</c> takes IPv4 too, as the machine's bindv6only has it.</summary>
    /// <exception cref="KernelException">EADDRINUSE; EACCES below net.ipv4.ip_unprivileged_port_start.</exception>
    public static OwnedFd Tcp(IPEndPoint at)
    {
        ArgumentNullException.ThrowIfNull(at);
        var fd = Bind(Endpoint.From(at), Libc.SOCK_STREAM, at.ToString());
        if (IPAddress.IsLoopback(at.Address))
        {
            Unpace(fd.Value);
        }

        return Listen(fd, at.ToString());
    }

    /// <summary>A UDP socket.</summary>
    /// <exception cref="KernelException">EADDRINUSE; EACCES.</exception>
    public static OwnedFd Udp(IPEndPoint at)
    {
        ArgumentNullException.ThrowIfNull(at);
        return Bind(Endpoint.From(at), Libc.SOCK_DGRAM, at.ToString());
    }

    /// <summary>A unix socket that everybody may connect to who may come to its directory. A socket there that nobody listens on is replaced.</summary>
    /// <exception cref="KernelException">EADDRINUSE: somebody listens there, or it is no socket; ENOENT: there is no such directory.</exception>
    public static OwnedFd Unix(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        RemoveLeftOver(path);
        var name = UnixAddress.Of(path);
        var fd = Make(Libc.AF_UNIX, Libc.SOCK_STREAM, path);
        fixed (byte* address = name)
        {
            if (Libc.bind(fd, address, (uint)name.Length) != 0)
            {
                throw Refused(fd, path);
            }
        }

        File.SetUnixFileMode(path, Everybody);
        return Listen(fd, path);
    }

    /// <summary>Removes a unix socket that nobody listens on; leaves anything else.</summary>
    public static void RemoveLeftOver(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (IsSocket(path) && IsLeftOver(UnixAddress.Of(path)))
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// A machine may pace its connections (net.ipv4.tcp_congestion_control = bbr), which over lo spares no network anything, and took
    /// a third of the processor here: a timer for each packet. Reno does not, and every kernel has it for everybody.
    /// </summary>
    internal static void Unpace(int fd)
    {
        var reno = "reno"u8;
        fixed (byte* name = reno)
        {
            // Before the connection is made: one that was paced stays so (sk_pacing_status of net/core/sock.c). Who listens hands it on.
            _ = Libc.setsockopt_number(fd, Libc.IPPROTO_TCP, Libc.TCP_CONGESTION, name, (uint)reno.Length);
        }
    }

    /// <summary>Whether it is bound to an address of lo alone.</summary>
    private static bool IsOnLoopback(int fd)
    {
        Span<byte> name = stackalloc byte[128];
        name.Clear();
        fixed (byte* address = name)
        {
            var length = (uint)name.Length;
            return Libc.getsockname_number(fd, address, &length) == 0
                && MemoryMarshal.Read<ushort>(name) is var family
                && (family == Libc.AF_INET || family == Libc.AF_INET6)
                && IPAddress.IsLoopback(SockAddr.Read(name).ToIPEndPoint().Address);
        }
    }

    /// <summary>
    /// A socket that a service manager handed in, or who executed us: closed by the next execve(2).
    /// </summary>
    /// <exception cref="KernelException">EBADF: there is no such descriptor; EINVAL: it is no socket that could listen.</exception>
    public static OwnedFd Handed(int number)
    {
        var fd = new OwnedFd(number);
        if (KindOf(fd) != 0)
        {
            _ = Libc.fcntl(number, Libc.F_SETFD, Libc.FD_CLOEXEC);
            if (IsOnLoopback(number))
            {
                Unpace(number);
            }

            return fd;
        }

        fd.SetHandleAsInvalid();
        throw new KernelException($"forward descriptor {number}: it is no socket that listens", Errno.EINVAL);
    }

    /// <summary>SOCK_STREAM for one that listens, SOCK_DGRAM for one of datagrams; 0 for anything else.</summary>
    internal static int KindOf(OwnedFd fd)
    {
        var kind = Get(fd, Libc.SO_TYPE);
        return kind == Libc.SOCK_STREAM && Get(fd, Libc.SO_ACCEPTCONN) == 1 ? kind
            : kind == Libc.SOCK_DGRAM && Get(fd, Libc.SO_DOMAIN) is Libc.AF_INET or Libc.AF_INET6 ? Libc.SOCK_DGRAM
            : 0;
    }

    private static OwnedFd Bind(in Endpoint at, int type, string text)
    {
        var fd = Make(at.IsIPv6 ? Libc.AF_INET6 : Libc.AF_INET, type, text);
        if (type == Libc.SOCK_STREAM)
        {
            // Connections that linger from before us are no reason to wait.
            Set(fd, Libc.SOL_SOCKET, Libc.SO_REUSEADDR);
        }

        // An address of a link that is not up yet can be listened on all the same, as by FreeBind= of a socket unit.
        Set(fd, Libc.IPPROTO_IP, Libc.IP_FREEBIND);
        var name = stackalloc byte[SockAddr.MaxLength];
        var length = SockAddr.Write(new Span<byte>(name, SockAddr.MaxLength), at);
        return Libc.bind(fd, name, (uint)length) == 0 ? fd : throw Refused(fd, text);
    }

    private static OwnedFd Make(int family, int type, string text)
    {
        var fd = new OwnedFd(Libc.socket(family, type | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0));
        return fd.IsInvalid ? throw Refused(fd, text) : fd;
    }

    private static OwnedFd Listen(OwnedFd fd, string text) => Libc.listen(fd, Backlog) == 0 ? fd : throw Refused(fd, text);

    private static bool IsSocket(string path)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, &stat) == 0
            && (stat.Mode & Libc.S_IFMT) == Libc.S_IFSOCK;
    }

    private static bool IsLeftOver(byte[] name)
    {
        using var probe = new OwnedFd(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0));
        fixed (byte* address = name)
        {
            return !probe.IsInvalid && Libc.connect(probe.Value, address, (uint)name.Length) != 0 && Libc.LastErrno == Errno.ECONNREFUSED;
        }
    }

    private static KernelException Refused(OwnedFd fd, string text)
    {
        var errno = Libc.LastErrno;
        fd.Dispose();
        return new KernelException($"listen on {text}", errno);
    }

    private static void Set(OwnedFd fd, int level, int option)
    {
        var on = 1;
        _ = Libc.setsockopt(fd, level, option, &on, sizeof(int));
    }

    private static int Get(OwnedFd fd, int option)
    {
        int value;
        uint length = sizeof(int);
        return Libc.getsockopt(fd, Libc.SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
    }
}
