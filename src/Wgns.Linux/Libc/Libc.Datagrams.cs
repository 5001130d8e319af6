using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Many datagrams by one call, and what comes and goes beside them: recvmmsg(2), cmsg(3), ip(7), ipv6(7), udp(7).</summary>
internal static partial class Libc
{
    internal const int IPPROTO_IP = 0;
    internal const int IPPROTO_UDP = 17;
    internal const int IPPROTO_IPV6 = 41;

    internal const int IP_PKTINFO = 8;
    internal const int IP_MTU_DISCOVER = 10;
    internal const int IP_PMTUDISC_DONT = 0;
    internal const int IPV6_V6ONLY = 26;
    internal const int IPV6_RECVPKTINFO = 49;
    internal const int IPV6_PKTINFO = 50;

    internal const int SOL_UDP = 17;
    internal const int UDP_SEGMENT = 103;
    internal const int UDP_GRO = 104;

    internal const int SO_SNDBUF = 7;
    internal const int SO_SNDBUFFORCE = 32;
    internal const int SO_RCVBUFFORCE = 33;
    internal const int SO_MARK = 36;

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int recvmmsg(OwnedFd fd, MMsgHdr* messages, uint count, int flags, nint timeout);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int sendmmsg(OwnedFd fd, MMsgHdr* messages, uint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int getsockname(OwnedFd fd, void* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint writev(OwnedFd fd, IoVec* parts, int count);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static unsafe partial nint read_owned(OwnedFd fd, void* buffer, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct IoVec
    {
        public byte* iov_base;
        public nuint iov_len;
    }

    /// <summary>struct msghdr as the kernel has it; the C libraries differ from it in padding only.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct MsgHdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public IoVec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MMsgHdr
    {
        public MsgHdr msg_hdr;
        public uint msg_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CMsgHdr
    {
        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
    }
}
