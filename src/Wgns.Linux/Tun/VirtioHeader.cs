using System.Runtime.InteropServices;

namespace Wgns.Linux.Tun;

/// <summary>What a packet from the TUN still has to have done to it.</summary>
public enum Segmentation
{
    /// <summary>It is one packet.</summary>
    None,

    /// <summary>It is many TCP segments over IPv4.</summary>
    Tcp4,

    /// <summary>It is many TCP segments over IPv6.</summary>
    Tcp6,

    /// <summary>It is many UDP datagrams, of either version.</summary>
    Udp,

    /// <summary>Something that was never asked for.</summary>
    Unknown,
}

/// <summary>
/// struct virtio_net_hdr of <c>linux/virtio_net.h</c>, which precedes each packet of a TUN with IFF_VNET_HDR; in host byte
/// order. Its hdr_len is a hint that the kernel does not promise anything about, so it is not here.
/// </summary>
/// <param name="NeedsChecksum">The checksum at <paramref name="ChecksumOffset"/> covers the pseudo header only.</param>
/// <param name="SegmentSize">Bytes of payload in each segment but the last.</param>
/// <param name="ChecksumStart">Where the transport header begins, in bytes from the packet's start.</param>
/// <param name="ChecksumOffset">From there.</param>
public readonly record struct VirtioHeader(
    Segmentation Segmentation, bool NeedsChecksum, ushort HeaderLength, ushort SegmentSize, ushort ChecksumStart, ushort ChecksumOffset)
{
    /// <summary>Bytes.</summary>
    public const int Length = 10;

    /// <summary>VIRTIO_NET_HDR_GSO_UDP_L4, in the headers since Linux 6.2.</summary>
    private const byte UdpSegmentation = 5;

    public static VirtioHeader Read(ReadOnlySpan<byte> bytes)
    {
        var raw = MemoryMarshal.Read<Raw>(bytes);
        return new VirtioHeader(
            (raw.GsoType & ~Libc.VIRTIO_NET_HDR_GSO_ECN) switch
            {
                Libc.VIRTIO_NET_HDR_GSO_NONE => Segmentation.None,
                Libc.VIRTIO_NET_HDR_GSO_TCPV4 => Segmentation.Tcp4,
                Libc.VIRTIO_NET_HDR_GSO_TCPV6 => Segmentation.Tcp6,
                UdpSegmentation => Segmentation.Udp,
                _ => Segmentation.Unknown,
            },
            (raw.Flags & Libc.VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0,
            raw.HeaderLength,
            raw.SegmentSize,
            raw.ChecksumStart,
            raw.ChecksumOffset);
    }

    public void Write(Span<byte> bytes)
    {
        var raw = default(Raw);
        raw.Flags = NeedsChecksum ? Libc.VIRTIO_NET_HDR_F_NEEDS_CSUM : (byte)0;
        raw.GsoType = Segmentation switch
        {
            Segmentation.Tcp4 => Libc.VIRTIO_NET_HDR_GSO_TCPV4,
            Segmentation.Tcp6 => Libc.VIRTIO_NET_HDR_GSO_TCPV6,
            Segmentation.Udp => UdpSegmentation,
            _ => Libc.VIRTIO_NET_HDR_GSO_NONE,
        };
        (raw.HeaderLength, raw.SegmentSize, raw.ChecksumStart, raw.ChecksumOffset) = (HeaderLength, SegmentSize, ChecksumStart, ChecksumOffset);
        MemoryMarshal.Write(bytes, raw);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Raw
    {
        internal byte Flags;
        internal byte GsoType;
        internal ushort HeaderLength;
        internal ushort SegmentSize;
        internal ushort ChecksumStart;
        internal ushort ChecksumOffset;
    }
}
