using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Streams and what carries them: socket(7), tcp(7), splice(2), <c>sys/epoll.h</c>. By number: one call a chunk, millions of them.</summary>
internal static partial class Libc
{
    internal const int IPPROTO_TCP = 6;
    internal const int TCP_NODELAY = 1;
    internal const int TCP_INFO = 11;
    internal const int TCP_CONGESTION = 13;
    internal const int TCP_CLOSE = 7;
    internal const int IP_FREEBIND = 15;

    /// <summary>Where tcpi_bytes_received, of 64 bits, is in struct tcp_info of linux/tcp.h; its first byte is the state.</summary>
    internal const int TcpInfoBytesReceived = 128;

    internal const int SO_REUSEADDR = 2;
    internal const int SO_TYPE = 3;
    internal const int SO_ERROR = 4;
    internal const int SO_KEEPALIVE = 9;
    internal const int SO_LINGER = 13;
    internal const int SO_ACCEPTCONN = 30;

    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SHUT_RD = 0;
    internal const int SHUT_WR = 1;
    internal const int SHUT_RDWR = 2;

    internal const uint SPLICE_F_MOVE = 1;
    internal const uint SPLICE_F_NONBLOCK = 2;
    internal const int F_SETPIPE_SZ = 1031;

    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const uint EPOLLIN = 0x1;
    internal const uint EPOLLOUT = 0x4;
    internal const uint EPOLLERR = 0x8;
    internal const uint EPOLLHUP = 0x10;
    internal const uint EPOLLET = 0x80000000;

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int connect(int fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int listen(OwnedFd fd, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int accept4(OwnedFd fd, void* address, uint* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shutdown(int fd, int how);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    internal static unsafe partial int getsockopt_number(int fd, int level, int name, void* value, uint* length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static unsafe partial int setsockopt_number(int fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    internal static unsafe partial int getsockname_number(int fd, void* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int getpeername(int fd, void* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint send(int fd, void* bytes, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint recv(int fd, void* bytes, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint splice(int from, nint fromOffset, int to, nint toOffset, nuint length, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int epoll_ctl(OwnedFd epoll, int operation, int fd, void* occurrence);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial int epoll_wait(OwnedFd epoll, void* occurrences, int count, int timeout);

    /// <summary>struct linger of socket(7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Linger
    {
        internal int l_onoff;
        internal int l_linger;
    }
}
