using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Wgns.Engine.Embedded;

/// <summary>
/// What a packet belongs to and whether it can be joined with others of it: TCP with ACK, PSH and data alone, or UDP with a
/// checksum, neither fragmented nor with options of IP.
/// </summary>
/// <param name="Hash">Of addresses and ports: equal for all of a flow, and for few others. 0 where it is of no flow.</param>
/// <param name="Transport">Where TCP or UDP begins.</param>
/// <param name="Headers">Where the payload begins.</param>
internal readonly record struct FlowKey(uint Hash, bool CanJoin, bool IsUdp, int Transport, int Headers)
{
    internal static FlowKey Of(ReadOnlySpan<byte> packet)
    {
        var isIPv6 = PacketFields.IsIPv6(packet);
        var transport = isIPv6 ? PacketFields.IPv6Length : PacketFields.IPv4Length;
        if (packet.Length < transport + PacketFields.UdpLength || (!isIPv6 && (packet[0] != 0x45 || (packet[6] & 0x3F) != 0 || packet[7] != 0)))
        {
            return default;
        }

        var protocol = packet[isIPv6 ? 6 : 9];
        var part = packet[transport..];
        return protocol switch
        {
            PacketFields.Udp => new FlowKey(HashOf(packet, transport), IsWholeUdp(part), true, transport, transport + PacketFields.UdpLength),
            PacketFields.Tcp when part.Length >= PacketFields.TcpLength => Tcp(packet, part, transport),
            _ => default,
        };
    }

    private static FlowKey Tcp(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> part, int transport)
    {
        var length = (part[12] >> 4) * 4;
        var canJoin = length >= PacketFields.TcpLength
            && length < part.Length
            && (part[PacketFields.TcpFlags] & ~PacketFields.Psh) == PacketFields.Ack;
        return new FlowKey(HashOf(packet, transport), canJoin, false, transport, transport + length);
    }

    private static bool IsWholeUdp(ReadOnlySpan<byte> part) =>
        part.Length > PacketFields.UdpLength
        && BinaryPrimitives.ReadUInt16BigEndian(part[PacketFields.UdpSize..]) == part.Length
        && MemoryMarshal.Read<ushort>(part[PacketFields.UdpChecksum..]) != 0;

    /// <summary>Not secret and not strong: who fills one group or one queue with his flows slows down himself.</summary>
    private static uint HashOf(ReadOnlySpan<byte> packet, int transport)
    {
        var hash = (ulong)MemoryMarshal.Read<uint>(packet[transport..]);
        var addresses = transport == PacketFields.IPv6Length ? packet[8..PacketFields.IPv6Length] : packet[12..PacketFields.IPv4Length];
        while (!addresses.IsEmpty)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(addresses)) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 32;
            addresses = addresses[sizeof(ulong)..];
        }

        return (uint)hash | 1;
    }
}
