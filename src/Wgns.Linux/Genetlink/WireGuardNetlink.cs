using Wgns.Linux.Netlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Linux.Genetlink;

/// <summary>A WireGuard device of the kernel, in the network namespace that its generic netlink socket was opened in.</summary>
public sealed class WireGuardNetlink : IDeviceControl
{
    private readonly INetlink _netlink;
    private readonly Family _family;
    private readonly string _ifname;

    private WireGuardNetlink(INetlink netlink, Family family, string ifname)
    {
        _netlink = netlink;
        _family = family;
        _ifname = ifname;
    }

    /// <summary>Names a device; whether there is one shows when it is asked.</summary>
    /// <param name="netlink">A generic netlink socket; owned by the result, closed where there is none.</param>
    /// <returns>Null where the kernel has no WireGuard.</returns>
    /// <exception cref="KernelException">The look-up failed.</exception>
    public static WireGuardNetlink? Open(INetlink netlink, string ifname)
    {
        ArgumentNullException.ThrowIfNull(ifname);
        var left = netlink;
        try
        {
            if (Family.Resolve(netlink, Wg.WG_GENL_NAME) is not { } family)
            {
                return null;
            }

            left = null;
            return new WireGuardNetlink(netlink, family, ifname);
        }
        finally
        {
            left?.Dispose();
        }
    }

    /// <summary>Reads the device by one dump.</summary>
    /// <returns>Null where there is no link of that name (ENODEV), or it is not a WireGuard device (EOPNOTSUPP).</returns>
    /// <exception cref="KernelException">EPERM without CAP_NET_ADMIN over the netns, and others.</exception>
    public WireGuardDevice? Get()
    {
        using var request = DeviceEncoding.Get(_family, _ifname);
        using var reply = _netlink.Dump(request);
        var errno = reply.Check($"read WireGuard device {_ifname}", Errno.ENODEV, Errno.EOPNOTSUPP);
        return errno.IsNone ? DeviceDecoding.Decode(reply, _family) : null;
    }

    /// <summary>Sets by as many messages as it takes; the first that is refused ends it.</summary>
    /// <exception cref="KernelException">
    /// ENODEV (no such link), EOPNOTSUPP (not a WireGuard device), EADDRINUSE (the port), EPERM, EINVAL and others.
    /// </exception>
    public void Set(DeviceChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var first = change;
        foreach (var peers in DeviceSplit.Of(change.Peers))
        {
            using var request = DeviceEncoding.Set(_family, _ifname, first, peers);
            using var reply = _netlink.Request(request);
            reply.Check($"configure WireGuard device {_ifname}");
            first = null;
        }
    }

    public void Dispose() => _netlink.Dispose();
}
