using System.Runtime.InteropServices;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Sockets;

/// <summary>To what a unix socket is connected: sock_diag(7). Datagram sockets too, and whoever has the other end by now.</summary>
internal static class UnixDiag
{
    /// <summary>
    /// The inode of the socket at the other end; 0 where there is none, where the kernel was built without (CONFIG_UNIX_DIAG), or
    /// where its netns is not ours to enter.
    /// </summary>
    /// <param name="netns">Where the socket was made: those of another are not shown. Null where that is not told.</param>
    internal static uint PeerOf(Netns? netns, ulong inode)
    {
        if (netns is null)
        {
            return 0;
        }

        try
        {
            using var netlink = NetnsThread.Run(netns.Fd, () => NetlinkSocket.Open(NetlinkProtocol.SocketDiagnostics));
            return PeerOf(netlink, (uint)inode);
        }
        catch (KernelException e) when (e.Errno == Errno.EPERM || e.Errno == Errno.EPROTONOSUPPORT)
        {
            return 0;
        }
    }

    internal static uint PeerOf(INetlink netlink, uint inode)
    {
        using var request = new MessageWriter(UnixSock.SOCK_DIAG_BY_FAMILY).Struct(new UnixDiagReq
        {
            sdiag_family = Libc.AF_UNIX,
            udiag_ino = inode,
            udiag_show = UnixSock.UDIAG_SHOW_PEER,
            udiag_cookie0 = UnixSock.NoCookie,
            udiag_cookie1 = UnixSock.NoCookie,
        });
        using var reply = netlink.Request(request);

        // ENOENT: it is closed by now, or there is no such module. EINVAL, EOPNOTSUPP: old kernels say so of the latter.
        if (!reply.Check("ask for a unix socket's peer", Errno.ENOENT, Errno.EINVAL, Errno.EOPNOTSUPP).IsNone)
        {
            return 0;
        }

        foreach (var message in reply)
        {
            foreach (var attribute in message.AttributesAfter<UnixDiagMsg>())
            {
                if (attribute.Type == UnixSock.UNIX_DIAG_PEER)
                {
                    return attribute.U32 ?? 0;
                }
            }
        }

        return 0;
    }
}

/// <summary><c>struct unix_diag_req</c> of linux/unix_diag.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UnixDiagReq
{
    public byte sdiag_family;
    public byte sdiag_protocol;
    public ushort pad;
    public uint udiag_states;
    public uint udiag_ino;
    public uint udiag_show;
    public uint udiag_cookie0;
    public uint udiag_cookie1;
}

/// <summary><c>struct unix_diag_msg</c> of linux/unix_diag.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UnixDiagMsg
{
    public byte udiag_family;
    public byte udiag_type;
    public byte udiag_state;
    public byte pad;
    public uint udiag_ino;
    public uint udiag_cookie0;
    public uint udiag_cookie1;
}

/// <summary>Constants of linux/sock_diag.h and linux/unix_diag.h by their C names.</summary>
internal static class UnixSock
{
    public const ushort SOCK_DIAG_BY_FAMILY = 20;
    public const uint UDIAG_SHOW_PEER = 4;
    public const ushort UNIX_DIAG_PEER = 2;

    /// <summary>INET_DIAG_NOCOOKIE of linux/inet_diag.h: the inode alone says which is meant.</summary>
    internal const uint NoCookie = uint.MaxValue;
}
