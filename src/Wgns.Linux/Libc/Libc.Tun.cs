namespace Wgns.Linux;

/// <summary><c>linux/if_tun.h</c> and <c>linux/virtio_net.h</c>.</summary>
internal static partial class Libc
{
    internal const nuint TUNSETIFF = 0x400454ca;
    internal const nuint TUNSETPERSIST = 0x400454cb;
    internal const nuint TUNSETOWNER = 0x400454cc;
    internal const nuint TUNSETOFFLOAD = 0x400454d0;
    internal const int TUNGETDEVNETNS = 0x54e3;

    internal const ushort IFF_TUN = 0x0001;
    internal const ushort IFF_NO_PI = 0x1000;
    internal const ushort IFF_VNET_HDR = 0x4000;
    internal const ushort IFF_MULTI_QUEUE = 0x0100;
    internal const ushort IFF_TUN_EXCL = 0x8000;

    internal const int TUN_F_CSUM = 0x01;
    internal const int TUN_F_TSO4 = 0x02;
    internal const int TUN_F_TSO6 = 0x04;

    internal const byte VIRTIO_NET_HDR_F_NEEDS_CSUM = 1;
    internal const byte VIRTIO_NET_HDR_GSO_NONE = 0;
    internal const byte VIRTIO_NET_HDR_GSO_TCPV4 = 1;
    internal const byte VIRTIO_NET_HDR_GSO_TCPV6 = 4;
    internal const byte VIRTIO_NET_HDR_GSO_ECN = 0x80;
}
