using System.Runtime.CompilerServices;
using Wgns.Linux.Events;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Linux.Namespaces;

/// <summary>
/// Tells when links, addresses, routes or nftables rules of a netns change, by the kernel's own notifications: the
/// multicast groups of rtnetlink(7) and of nf_tables (<c>linux/netfilter/nfnetlink.h</c>).
/// </summary>
public sealed class NetnsWatch : IEventSource
{
    private const uint RouteGroups =
        Rt.RTMGRP_LINK | Rt.RTMGRP_IPV4_IFADDR | Rt.RTMGRP_IPV4_ROUTE | Rt.RTMGRP_IPV6_IFADDR | Rt.RTMGRP_IPV6_ROUTE;

    /// <summary>1 &lt;&lt; (NFNLGRP_NFTABLES - 1).</summary>
    private const uint NftablesGroup = 0x40;

    private NetnsWatch(OwnedFd fd) => Fd = fd;

    public OwnedFd Fd { get; }

    /// <summary>Links, addresses and routes of a netns.</summary>
    public static NetnsWatch Routing(OwnedFd netns) => new(NetnsThread.Run(netns, () => Open(Nl.NETLINK_ROUTE, RouteGroups)));

    /// <summary>The rules of a netns.</summary>
    public static NetnsWatch Rules(OwnedFd netns) => new(NetnsThread.Run(netns, () => Open(Nl.NETLINK_NETFILTER, NftablesGroup)));

    /// <summary>What changed does not matter: who is told looks for himself. A message that was lost is a change too.</summary>
    public unsafe bool Drain()
    {
        var matters = false;
        var buffer = stackalloc byte[64];
        while (true)
        {
            // The rest of a datagram that does not fit goes unread, which is the point.
            var received = Libc.recvfrom(Fd, buffer, 64, Libc.MSG_DONTWAIT, null, null);
            if (received < 0 && Libc.LastErrno == Errno.EAGAIN)
            {
                return matters;
            }

            if (received < 0 && Libc.LastErrno != Errno.EINTR && Libc.LastErrno != Errno.ENOBUFS)
            {
                throw new KernelException("hear of changes in the network namespace", Libc.LastErrno);
            }

            matters = true;
        }
    }

    public void Dispose() => Fd.Dispose();

    private static unsafe OwnedFd Open(int protocol, uint groups)
    {
        const string operation = "listen for changes in the network namespace";
        var fd = new OwnedFd(Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol));
        if (fd.IsInvalid)
        {
            throw new KernelException(operation, Libc.LastErrno);
        }

        var address = new SockAddrNl { nl_family = Libc.AF_NETLINK, nl_groups = groups };
        if (Libc.bind(fd, &address, (uint)Unsafe.SizeOf<SockAddrNl>()) < 0)
        {
            var errno = Libc.LastErrno;
            fd.Dispose();
            throw new KernelException(operation, errno);
        }

        return fd;
    }
}
