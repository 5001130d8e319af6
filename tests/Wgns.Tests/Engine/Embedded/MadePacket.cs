using System.Buffers.Binary;
using System.Net;
using Wgns.Linux.Tun;

namespace Wgns.Tests.Engine.Embedded;

/// <summary>TCP and UDP packets by hand, and checksums the slow and obvious way.</summary>
internal static class MadePacket
{
    internal const int Mss = 1368;

    /// <summary>A packet as the kernel gives it to a TUN with offloads: the checksum field has the pseudo header's sum.</summary>
    internal static byte[] FromTun(bool ipv6, bool udp, int payload, int segmentSize, ushort port = 1000, uint sequence = 7, byte flags = 0x18)
    {
        var packet = Whole(ipv6, udp, payload, port, sequence, flags);
        var transport = ipv6 ? 40 : 20;
        var headers = transport + (udp ? 8 : 32);
        var segmentation = payload <= segmentSize ? Segmentation.None : udp ? Segmentation.Udp : ipv6 ? Segmentation.Tcp6 : Segmentation.Tcp4;
        var field = udp ? 6 : 16;
        packet.AsSpan(transport + field, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(transport + field), Sum(Pseudo(packet, transport)));
        var all = new byte[VirtioHeader.Length + packet.Length];
        new VirtioHeader(segmentation, true, (ushort)headers, (ushort)(segmentation == Segmentation.None ? 0 : segmentSize), (ushort)transport, (ushort)field).Write(all);
        packet.CopyTo(all, VirtioHeader.Length);
        return all;
    }

    /// <summary>A finished packet; TCP has twelve bytes of options.</summary>
    internal static byte[] Whole(bool ipv6, bool udp, int payload, ushort port = 1000, uint sequence = 7, byte flags = 0x18)
    {
        var transport = ipv6 ? 40 : 20;
        var headers = transport + (udp ? 8 : 32);
        var packet = new byte[headers + payload];
        IPAddress[] addresses = ipv6 ? [IPAddress.Parse("fd77::1"), IPAddress.Parse("fd77::2")] : [IPAddress.Parse("10.7.0.1"), IPAddress.Parse("10.7.0.2")];
        addresses[0].GetAddressBytes().CopyTo(packet, ipv6 ? 8 : 12);
        addresses[1].GetAddressBytes().CopyTo(packet, ipv6 ? 24 : 16);
        if (ipv6)
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
            (packet[6], packet[7]) = (udp ? (byte)17 : (byte)6, 64);
        }
        else
        {
            (packet[0], packet[6], packet[8], packet[9]) = (0x45, 0x40, 64, udp ? (byte)17 : (byte)6);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~Sum(packet[..20]));
        }

        var part = packet.AsSpan(transport);
        BinaryPrimitives.WriteUInt16BigEndian(part, port);
        BinaryPrimitives.WriteUInt16BigEndian(part[2..], 80);
        if (udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(part[4..], (ushort)part.Length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(part[4..], sequence);
            BinaryPrimitives.WriteUInt32BigEndian(part[8..], 99);
            (part[12], part[13], part[14]) = (0x80, flags, 1);
            part[20..32].Fill(1);
        }

        for (var i = headers; i < packet.Length; i++)
        {
            packet[i] = (byte)((sequence + i - headers) * 7 % 251);
        }

        BinaryPrimitives.WriteUInt16BigEndian(part[(udp ? 6 : 16)..], (ushort)~Sum([.. Pseudo(packet, transport), .. part]));
        return packet;
    }

    /// <summary>Whether both checksums of a packet are right.</summary>
    internal static bool IsRight(byte[] packet)
    {
        var transport = packet[0] >> 4 == 6 ? 40 : 20;
        return (transport == 40 || Sum(packet[..20]) == 0xFFFF) && Sum([.. Pseudo(packet, transport), .. packet[transport..]]) == 0xFFFF;
    }

    internal static byte[] Payload(byte[] packet)
    {
        var transport = packet[0] >> 4 == 6 ? 40 : 20;
        var udp = packet[transport == 40 ? 6 : 9] == 17;
        return packet[(transport + (udp ? 8 : packet[transport + 12] >> 4 << 2))..];
    }

    internal static ushort Sum(byte[] bytes)
    {
        var sum = 0ul;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += (ulong)bytes[i] << (i % 2 == 0 ? 8 : 0);
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }

    private static byte[] Pseudo(byte[] packet, int transport)
    {
        var length = packet.Length - transport;
        return
        [
            .. transport == 40 ? packet[8..40] : packet[12..20],
            0, transport == 40 ? packet[6] : packet[9], (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length,
        ];
    }
}
