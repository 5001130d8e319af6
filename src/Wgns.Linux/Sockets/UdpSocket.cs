using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Wgns.WireGuard;

namespace Wgns.Linux.Sockets;

/// <summary>
/// A UDP socket for batches in both directions: recvmmsg(2) and sendmmsg(2), segmentation by the kernel (UDP_SEGMENT, UDP_GRO of
/// udp(7)) where it has that, and answers from the address that was asked (IP_PKTINFO, IPV6_PKTINFO). Its descriptor keeps its
/// number when it is bound again, so threads that use it need not be told. One thread receives, any number sends.
/// </summary>
public sealed unsafe partial class UdpSocket : IDatagramSocket, IDisposable
{
    /// <summary>As the kernel's own and wireguard-go have it: a burst of a fast line while this process waits for its turn.</summary>
    private const int BufferSize = 7 << 20;

    private readonly bool _ipv6;

    /// <summary>Whether the kernel joins what it receives; where not, every datagram comes alone.</summary>
    private readonly bool _joins;

    private volatile bool _segments = true;

    private UdpSocket(OwnedFd fd, bool ipv6, bool isBound = false)
    {
        Fd = fd;
        _ipv6 = ipv6;
        _joins = SetOptions(fd, ipv6, isBound);
    }

    /// <summary>Readable where there is something to receive.</summary>
    public OwnedFd Fd { get; }

    /// <inheritdoc/>
    public bool Segments => _segments;

    /// <summary>An unbound socket in the calling thread's netns; null where the machine has no such version of IP.</summary>
    public static UdpSocket? TryOpen(bool ipv6)
    {
        var fd = Make(ipv6, out var errno);
        return fd is not null ? new UdpSocket(fd, ipv6)
            : errno == Errno.EAFNOSUPPORT ? null
            : throw new KernelException("open a UDP socket", errno);
    }

    /// <summary>Takes over a bound socket that somebody else made: one of <c>[::]</c> may receive IPv4 too.</summary>
    public static UdpSocket Adopt(OwnedFd fd)
    {
        ArgumentNullException.ThrowIfNull(fd);
        int family;
        uint length = sizeof(int);
        return Libc.getsockopt(fd, Libc.SOL_SOCKET, Libc.SO_DOMAIN, &family, &length) == 0
            ? new UdpSocket(fd, family == Libc.AF_INET6, isBound: true)
            : throw new KernelException("take a UDP socket over", Libc.LastErrno);
    }

    /// <summary>Sends to, and receives from, one remote side alone. In the netns that it was made in.</summary>
    /// <returns>None; ENETUNREACH and its like where no route leads there.</returns>
    public Errno Connect(in Endpoint remote)
    {
        var name = stackalloc byte[SockAddr.MaxLength];
        var length = SockAddr.Write(new Span<byte>(name, SockAddr.MaxLength), remote);
        return Libc.connect(Fd.Value, name, (uint)length) == 0 ? Errno.None : Libc.LastErrno;
    }

    /// <summary>A socket that is bound to all addresses and can stand in this one's place. In the calling thread's netns.</summary>
    /// <param name="port">0 lets the kernel choose.</param>
    /// <param name="bound">The port.</param>
    /// <param name="errno">None; EADDRINUSE; EADDRNOTAVAIL where IPv6 is switched off.</param>
    /// <returns>For <see cref="Become"/>; null, and why, where it cannot be.</returns>
    public OwnedFd? MakeBound(ushort port, uint mark, out ushort bound, out Errno errno)
    {
        bound = 0;
        var fresh = Make(_ipv6, out errno);
        if (fresh is null)
        {
            return null;
        }

        try
        {
            SetOptions(fresh, _ipv6);
            if (mark != 0)
            {
                SetMark(fresh, mark);
            }

            errno = BindTo(fresh, port, out bound);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }

        if (errno.IsNone)
        {
            return fresh;
        }

        fresh.Dispose();
        return null;
    }

    /// <summary>Puts such a socket under our descriptor's number; what it was bound to before is free again.</summary>
    public void Become(OwnedFd fresh)
    {
        ArgumentNullException.ThrowIfNull(fresh);

        // The old socket is closed when the last thread that waits in it has looked again.
        if (Libc.syscall(Syscall.dup3, fresh.Value, Fd.Value, Libc.O_CLOEXEC, 0) < 0)
        {
            throw new KernelException("put a socket in another's place", Libc.LastErrno);
        }
    }

    /// <summary>SO_MARK of socket(7), by which rules and routes tell what it sends; 0 is none.</summary>
    /// <exception cref="KernelException">EPERM without CAP_NET_ADMIN.</exception>
    public void SetMark(uint mark) => SetMark(Fd, mark);

    /// <inheritdoc/>
    public int Receive(ReceiveBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        into.Reset(ReceiveBuffer.Count);
        var count = Libc.recvmmsg(Fd, into.Headers, ReceiveBuffer.Count, Libc.MSG_DONTWAIT, 0);
        if (count < 0)
        {
            // An error that another datagram's way reported, if any, is taken off the socket by having been told.
            return 0;
        }

        for (var i = 0; i < count; i++)
        {
            ref var header = ref into.Headers[i];
            var remote = SockAddr.Read(new ReadOnlySpan<byte>(into.Names + (i * ReceiveBuffer.NameSize), ReceiveBuffer.NameSize));
            remote = ControlMessages.Read(
                new ReadOnlySpan<byte>(into.Controls + (i * ReceiveBuffer.ControlSize), (int)header.msg_hdr.msg_controllen), remote, out var segmentSize);
            into.Datagrams[i] = new Datagram(i * ReceiveBuffer.Room, (int)header.msg_len, segmentSize, remote);
        }

        return count;
    }

    public void Dispose() => Fd.Dispose();

    private static OwnedFd? Make(bool ipv6, out Errno errno)
    {
        var fd = Libc.socket(ipv6 ? Libc.AF_INET6 : Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, Libc.IPPROTO_UDP);
        errno = fd < 0 ? Libc.LastErrno : Errno.None;
        return fd < 0 ? null : new OwnedFd(fd);
    }

    private Errno BindTo(OwnedFd fd, ushort port, out ushort bound)
    {
        bound = 0;
        Span<byte> name = stackalloc byte[SockAddr.MaxLength];
        var length = SockAddr.Write(name, new Endpoint(0, port, _ipv6));
        fixed (byte* start = name)
        {
            var size = (uint)SockAddr.MaxLength;
            if (Libc.bind(fd, start, (uint)length) < 0 || Libc.getsockname(fd, start, &size) < 0)
            {
                return Libc.LastErrno;
            }
        }

        bound = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        return Errno.None;
    }

    private static void SetMark(OwnedFd fd, uint mark)
    {
        if (!TrySet(fd, Libc.SOL_SOCKET, Libc.SO_MARK, (int)mark))
        {
            throw new KernelException("set the mark of a UDP socket", Libc.LastErrno);
        }
    }

    /// <returns>Whether the kernel joins what it receives.</returns>
    private static bool SetOptions(OwnedFd fd, bool ipv6, bool isBound = false)
    {
        // FORCE passes net.core.rmem_max, which takes CAP_NET_ADMIN; without that it is as much as the limit gives.
        _ = TrySet(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, BufferSize) || TrySet(fd, Libc.SOL_SOCKET, Libc.SO_RCVBUF, BufferSize);
        _ = TrySet(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, BufferSize) || TrySet(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF, BufferSize);
        var done = ipv6
            ? (isBound || TrySet(fd, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 1)) && TrySet(fd, Libc.IPPROTO_IPV6, Libc.IPV6_RECVPKTINFO, 1)

            // What is too long for the path is fragmented on its way, as the kernel's WireGuard has it, and not lost.
            : TrySet(fd, Libc.IPPROTO_IP, Libc.IP_PKTINFO, 1) && TrySet(fd, Libc.IPPROTO_IP, Libc.IP_MTU_DISCOVER, Libc.IP_PMTUDISC_DONT);
        return done
            ? TrySet(fd, Libc.SOL_UDP, Libc.UDP_GRO, 1)
            : throw new KernelException("set up a UDP socket", Libc.LastErrno);
    }

    private static bool TrySet(OwnedFd fd, int level, int option, int value) =>
        Libc.setsockopt(fd, level, option, &value, (uint)Unsafe.SizeOf<int>()) == 0;
}
