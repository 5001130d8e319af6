using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wgns.Linux.Sockets;

/// <summary><c>struct sockaddr_in</c> of netinet/in.h; port and address in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SockAddrIn
{
    public ushort sin_family;
    public ushort sin_port;
    public uint sin_addr;
    public ulong sin_zero;
}

/// <summary><c>struct sockaddr_in6</c> of netinet/in.h; port, flow and address in network order, the scope not.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SockAddrIn6
{
    public ushort sin6_family;
    public ushort sin6_port;
    public uint sin6_flowinfo;
    public In6Addr sin6_addr;
    public uint sin6_scope_id;
}

/// <summary>16 bytes that are aligned to 4, which a pair of longs would not be.</summary>
[StructLayout(LayoutKind.Sequential)]
[InlineArray(4)]
internal struct In6Addr
{
    private uint _word;
}
