using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Only what it takes to ask a descriptor for its socket family: <c>asm-generic/socket.h</c>.</summary>
internal static partial class Libc
{
    internal const int SOL_SOCKET_LEVEL = 1;
    internal const int SO_DOMAIN_OPTION = 39;
    internal const int AF_UNIX_FAMILY = 1;
    internal const int AF_VSOCK = 40;
    internal const int SO_PEERCRED = 17;

    /// <summary><c>linux/sockios.h</c>: a descriptor of the netns of a socket.</summary>
    internal const int SIOCGSKNS = 0x894C;

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    internal static unsafe partial int getsockopt_int(int fd, int level, int option, int* value, uint* length);
}
