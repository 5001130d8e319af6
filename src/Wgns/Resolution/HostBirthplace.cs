using System.Net;
using Wgns.Linux;
using Wgns.Linux.Genetlink;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Resolution;

/// <summary>The netns that this process is in: the host's.</summary>
public sealed class HostBirthplace(Func<SecretKey, WireGuardKey> publicKeyOf, Lookup lookup) : IBirthplace, IDisposable
{
    private readonly Rtnl _rtnl = Rtnl.Open();
    private bool? _hasKernel;

    /// <summary>Never for an ordinary user: a link of the kernel's cannot be born in a netns that is not one's own.</summary>
    public bool HasKernelWireGuard => _hasKernel ??= Netns.IsOursToConfigure() && AskKernel();

    public int? MtuTowards(IPAddress address, uint mark) =>
        _rtnl.RouteTo(address, mark) is { } route
            ? (int?)route.Mtu ?? _rtnl.GetLink(route.LinkIndex)?.Mtu
            : null;

    public IReadOnlyList<IPAddress> LookUp(string host, out string? problem) => lookup.Find(host, out problem);

    public WireGuardKey PublicKeyOf(SecretKey key) => publicKeyOf(key);

    public IReadOnlyCollection<Cidr> NetworksBut(string ifname)
    {
        var own = _rtnl.GetLink(ifname)?.Index;
        return
        [
            .. _rtnl.GetAddresses().Where(a => a.LinkIndex != own).Select(a => a.Cidr.Masked())
                .Concat(_rtnl.GetRoutes().Where(r => r.LinkIndex != own && r.Destination.PrefixLength > 0).Select(r => r.Destination)).Distinct(),
        ];
    }

    public void Dispose() => _rtnl.Dispose();

    /// <summary>Asking for the family loads the module where there is one (CTRL_CMD_GETFAMILY, net/netlink/genetlink.c).</summary>
    private static bool AskKernel()
    {
        using var socket = NetlinkSocket.Open(NetlinkProtocol.Generic);
        return Family.Resolve(socket, "wireguard") is not null;
    }
}
