using System.Buffers.Binary;
using System.Net;

namespace Wgns.Tests.Privileged.WireGuard;

/// <summary>Pings made by hand (RFC 792).</summary>
internal static class Echo
{
    private const int Header = 20;

    internal static byte[] Request(IPAddress from, IPAddress to, ushort number, int payload)
    {
        var packet = new byte[Header + 8 + payload];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = 1;
        from.TryWriteBytes(packet.AsSpan(12), out _);
        to.TryWriteBytes(packet.AsSpan(16), out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, Header)));
        packet[Header] = 8;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Header + 6), number);
        packet.AsSpan(Header + 8).Fill((byte)number);
        Sign(packet);
        return packet;
    }

    internal static bool IsAnswer(byte[] packet, ushort number, int payload) =>
        packet.Length == Header + 8 + payload && packet[9] == 1 && packet[Header] == 0
        && BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(Header + 6)) == number
        && packet.AsSpan(Header + 8).IndexOfAnyExcept((byte)number) < 0;

    private static void Sign(byte[] packet)
    {
        packet.AsSpan(Header + 2, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(Header + 2), Checksum(packet.AsSpan(Header)));
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += (uint)bytes[i] << (i % 2 == 0 ? 8 : 0);
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
