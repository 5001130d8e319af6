using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>packet(7) sockets and the classic BPF programs of <c>linux/filter.h</c>.</summary>
internal static partial class Libc
{
    internal const int AF_PACKET = 17;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SOL_PACKET = 263;
    internal const int PACKET_STATISTICS = 6;
    internal const int SO_ATTACH_FILTER = 26;
    internal const int SO_BINDTODEVICE = 25;

    internal const ushort ETH_P_ALL = 0x0003;
    internal const uint ETH_P_IP = 0x0800;
    internal const uint ETH_P_IPV6 = 0x86DD;

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int getsockopt(OwnedFd fd, int level, int name, void* value, uint* length);

    /// <summary>struct sockaddr_ll of <c>linux/if_packet.h</c>; an ifindex of 0 is every link.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SockAddrLl
    {
        public ushort sll_family;
        public ushort sll_protocol;
        public int sll_ifindex;
        public ushort sll_hatype;
        public byte sll_pkttype;
        public byte sll_halen;
        public uint sll_addr0;
        public uint sll_addr4;
    }

    /// <summary>struct tpacket_stats of <c>linux/if_packet.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TpacketStats
    {
        public uint tp_packets;
        public uint tp_drops;
    }

    /// <summary>struct sock_filter of <c>linux/filter.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SockFilter
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    /// <summary>struct sock_fprog of <c>linux/filter.h</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct SockFprog
    {
        public ushort len;
        public SockFilter* filter;
    }
}
