using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Sockets, as socket(7), netlink(7) and recv(2) describe them.</summary>
internal static partial class Libc
{
    internal const int AF_UNSPEC = 0;
    internal const int AF_UNIX = 1;
    internal const int AF_INET = 2;
    internal const int AF_INET6 = 10;
    internal const int AF_NETLINK = 16;
    internal const int AF_VSOCK = 40;

    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x80000;

    internal const int SOL_SOCKET = 1;
    internal const int SO_PEERCRED = 17;
    internal const int SO_RCVTIMEO = 20;
    internal const int SO_DOMAIN = 39;
    internal const int SO_NETNS_COOKIE = 71;

    /// <summary><c>linux/sockios.h</c>: a descriptor of the netns of a socket.</summary>
    internal const int SIOCGSKNS = 0x894C;

    internal const int MSG_PEEK = 0x02;
    internal const int MSG_TRUNC = 0x20;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int bind(OwnedFd fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int setsockopt(OwnedFd fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint sendto(
        OwnedFd fd, void* buffer, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint recvfrom(
        OwnedFd fd, void* buffer, nuint length, int flags, void* address, uint* addressLength);

    /// <summary><c>struct timeval</c> where both members have 64 bits, as on every 64-bit ABI.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeVal
    {
        public long tv_sec;
        public long tv_usec;
    }
}
