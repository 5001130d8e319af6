using System.Net;

namespace Wgns.Linux.Sockets;

/// <summary>
/// Counts the packets that any link of a netns sends or receives and that a filter lets pass: packet(7). It only
/// looks on; needs CAP_NET_RAW.
/// </summary>
/// <remarks>
/// The kernel counts, before and whether or not there is room to keep a packet, so that none is missed. What passes
/// two links (a bridge and its port), or loopback, counts twice.
/// </remarks>
public sealed unsafe class PacketCounter : IDisposable
{
    private readonly OwnedFd _socket;

    private PacketCounter(OwnedFd socket) => _socket = socket;

    /// <summary>Counts from now on, in the calling thread's netns.</summary>
    public static PacketCounter Open(PacketFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);

        // Protocol 0 hears nothing: the filter stands before the first packet is looked at.
        var socket = new OwnedFd(Libc.socket(Libc.AF_PACKET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0));
        if (socket.IsInvalid)
        {
            throw new KernelException("open a packet socket", Libc.LastErrno);
        }

        try
        {
            Attach(socket, filter);
            Bind(socket);
            return new PacketCounter(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>How many there were since the last time, or since it was opened (PACKET_STATISTICS starts anew at each reading).</summary>
    public long Take()
    {
        Libc.TpacketStats stats;
        var length = (uint)sizeof(Libc.TpacketStats);
        return Libc.getsockopt(_socket, Libc.SOL_PACKET, Libc.PACKET_STATISTICS, &stats, &length) == 0
            ? stats.tp_packets
            : throw new KernelException("read a packet socket's count", Libc.LastErrno);
    }

    public void Dispose() => _socket.Dispose();

    private static void Attach(OwnedFd socket, PacketFilter filter)
    {
        fixed (Libc.SockFilter* code = filter.Code)
        {
            Libc.SockFprog program = new() { len = (ushort)filter.Code.Length, filter = code };
            Libc.Check(Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, &program, (uint)sizeof(Libc.SockFprog)), "attach a packet filter");
        }
    }

    private static void Bind(OwnedFd socket)
    {
        Libc.SockAddrLl everywhere = new()
        {
            sll_family = Libc.AF_PACKET,
            sll_protocol = (ushort)IPAddress.HostToNetworkOrder((short)Libc.ETH_P_ALL),
        };
        Libc.Check(Libc.bind(socket, &everywhere, (uint)sizeof(Libc.SockAddrLl)), "listen on every link");
    }
}
