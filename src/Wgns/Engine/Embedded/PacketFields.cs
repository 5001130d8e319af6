using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Wgns.Engine.Embedded;

/// <summary>Fields of IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293) and UDP (RFC 768) headers, by their offsets.</summary>
internal static class PacketFields
{
    internal const int IPv4Length = 20;
    internal const int IPv6Length = 40;
    internal const int TcpLength = 20;
    internal const int UdpLength = 8;

    internal const byte Tcp = 6;
    internal const byte Udp = 17;

    internal const int TcpSequence = 4;
    internal const int TcpFlags = 13;
    internal const int TcpWindow = 14;
    internal const int TcpChecksum = 16;
    internal const int UdpSize = 4;
    internal const int UdpChecksum = 6;

    internal const byte Fin = 0x01;
    internal const byte Psh = 0x08;
    internal const byte Ack = 0x10;
    internal const byte Cwr = 0x80;

    internal const int IPv4Size = 2;
    internal const int IPv4Identification = 4;
    internal const int IPv4Checksum = 10;
    internal const int IPv6Size = 4;

    internal static bool IsIPv6(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6;

    /// <summary>Writes the packet's length, and an IPv4 header's checksum.</summary>
    /// <param name="packet">The IP header at least.</param>
    /// <param name="headerLength">Of the IP header with its options or extensions.</param>
    internal static void SetLength(Span<byte> packet, int headerLength, int length)
    {
        if (IsIPv6(packet))
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[IPv6Size..], (ushort)(length - IPv6Length));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet[IPv4Size..], (ushort)length);
        packet.Slice(IPv4Checksum, 2).Clear();
        Write(packet[IPv4Checksum..], (ushort)~InternetChecksum.Fold(InternetChecksum.Add(0, packet[..headerLength])));
    }

    /// <summary>The sum of the pseudo header that TCP and UDP checksums begin with.</summary>
    internal static ulong PseudoHeader(ReadOnlySpan<byte> packet, byte protocol, int transportLength)
    {
        var addresses = IsIPv6(packet) ? packet[8..IPv6Length] : packet[12..IPv4Length];
        var sum = InternetChecksum.Add(InternetChecksum.Add(0, addresses), protocol);
        return InternetChecksum.Add(InternetChecksum.Add(sum, (ushort)(transportLength >> 16)), (ushort)transportLength);
    }

    /// <summary>A folded sum, as it is.</summary>
    internal static void Write(Span<byte> at, ushort checksum) => MemoryMarshal.Write(at, checksum);

    /// <summary>Computes a TCP or UDP checksum whose field lies at <paramref name="field"/> of the transport part.</summary>
    internal static void Sign(Span<byte> packet, int transport, byte protocol, int field)
    {
        var part = packet[transport..];
        part.Slice(field, 2).Clear();
        var sum = InternetChecksum.Add(PseudoHeader(packet, protocol, part.Length), part);
        var checksum = (ushort)~InternetChecksum.Fold(sum);

        // Zero says of a UDP datagram that it has none.
        Write(part[field..], checksum == 0 && protocol == Udp ? (ushort)0xFFFF : checksum);
    }
}
