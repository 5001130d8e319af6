namespace Wgns.Linux.Sockets;

/// <summary>Families of sockets, of <c>bits/socket.h</c>.</summary>
public static class SocketFamily
{
    public const int Inet = Libc.AF_INET;
    public const int Inet6 = Libc.AF_INET6;
    public const int Netlink = Libc.AF_NETLINK;
    public const int Packet = Libc.AF_PACKET;

    /// <summary>Between a virtual machine and its host; no network namespace holds it.</summary>
    public const int Vsock = Libc.AF_VSOCK;
}
