using System.Buffers.Binary;
using Wgns.WireGuard;

namespace Wgns.Linux.Sockets;

/// <summary>What comes and goes beside a datagram (cmsg(3)): the local address, and the size of joined ones.</summary>
internal static unsafe class ControlMessages
{
    /// <summary>Room for an address and a segment size, of either version.</summary>
    internal const int MaxLength = 64;

    // struct in_pktinfo: ifindex, the local address, the header's destination.
    private const int PacketInfo4 = 12;

    // struct in6_pktinfo: the address, ifindex.
    private const int PacketInfo6 = 20;

    // sizeof(struct cmsghdr), and what its data is aligned to.
    private const int Header = 16;
    private const int Alignment = 8;

    /// <summary>The endpoint with the local address that the datagram came to, and the size of what was joined.</summary>
    internal static Endpoint Read(ReadOnlySpan<byte> control, in Endpoint remote, out int segmentSize)
    {
        segmentSize = 0;
        var endpoint = remote;
        while (control.Length >= Header)
        {
            Libc.CMsgHdr head;
            fixed (byte* start = control)
            {
                head = *(Libc.CMsgHdr*)start;
            }

            if (head.cmsg_len < Header || head.cmsg_len > (nuint)control.Length)
            {
                break;
            }

            var data = control[Header..(int)head.cmsg_len];
            switch (head.cmsg_level, head.cmsg_type)
            {
                case (Libc.IPPROTO_IP, Libc.IP_PKTINFO) when data.Length >= PacketInfo4:
                    endpoint = endpoint with { LocalAddress = BinaryPrimitives.ReadUInt32BigEndian(data[4..]) };
                    break;
                case (Libc.IPPROTO_IPV6, Libc.IPV6_PKTINFO) when data.Length >= PacketInfo6:
                    endpoint = endpoint with { LocalAddress = BinaryPrimitives.ReadUInt128BigEndian(data) };
                    break;
                case (Libc.SOL_UDP, Libc.UDP_GRO) when data.Length >= sizeof(int):
                    segmentSize = BitConverter.ToInt32(data);
                    break;
                default:
                    break;
            }

            control = control[Math.Min(control.Length, Aligned((int)head.cmsg_len))..];
        }

        return endpoint;
    }

    /// <summary>
    /// The local address to send from, where one is known, and the size to cut at. The interface is left to the routes: they may
    /// lead back by another one than the question came by. A link-local address brings its own.
    /// </summary>
    /// <returns>How long they are together.</returns>
    internal static int Write(byte* control, in Datagram datagram, bool withSource)
    {
        var used = 0;
        var remote = datagram.Remote;
        if (withSource && remote.LocalAddress != 0)
        {
            var size = remote.IsIPv6 ? PacketInfo6 : PacketInfo4;
            var data = Begin(control, remote.IsIPv6 ? Libc.IPPROTO_IPV6 : Libc.IPPROTO_IP, remote.IsIPv6 ? Libc.IPV6_PKTINFO : Libc.IP_PKTINFO, size);
            if (remote.IsIPv6)
            {
                BinaryPrimitives.WriteUInt128BigEndian(data, remote.LocalAddress);
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(data[4..], (uint)remote.LocalAddress);
            }

            used += Aligned(Header + size);
        }

        if (datagram.SegmentSize > 0 && datagram.SegmentSize < datagram.Length)
        {
            BitConverter.TryWriteBytes(Begin(control + used, Libc.SOL_UDP, Libc.UDP_SEGMENT, sizeof(ushort)), (ushort)datagram.SegmentSize);
            used += Aligned(Header + sizeof(ushort));
        }

        return used;
    }

    private static Span<byte> Begin(byte* at, int level, int type, int size)
    {
        *(Libc.CMsgHdr*)at = new Libc.CMsgHdr { cmsg_len = (nuint)(Header + size), cmsg_level = level, cmsg_type = type };
        var data = new Span<byte>(at + Header, Aligned(size));
        data.Clear();
        return data;
    }

    private static int Aligned(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
