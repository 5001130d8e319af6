using System.Net;
using Wgns.Configuration;
using Wgns.Linux;
using Wgns.Linux.Genetlink;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Resolution;

/// <summary>The netns that this process is in, the host's, or another that devices are born in.</summary>
/// <param name="where">The other one; null is the host's.</param>
/// <param name="netns">The same, borrowed while this is made.</param>
public sealed class HostBirthplace(
    Func<SecretKey, WireGuardKey> publicKeyOf, Lookup lookup, BirthplaceRecord? where = null, Netns? netns = null) : IBirthplace, IDisposable
{
    private readonly Rtnl _host = Rtnl.Open();
    private readonly Rtnl _rtnl = netns is null ? Rtnl.Open() : NetnsThread.Run(netns.Fd, Rtnl.Open);
    private bool? _hasKernel;

    public BirthplaceRecord? Where => where;

    /// <summary>Never for an ordinary user: a link of the kernel's cannot be born in a netns that is not one's own.</summary>
    public bool HasKernelWireGuard => _hasKernel ??= Netns.IsOursToConfigure() && AskKernel();

    public int? MtuTowards(IPAddress address, uint mark) =>
        _rtnl.RouteTo(address, mark) is { } route
            ? (int?)route.Mtu ?? _rtnl.GetLink(route.LinkIndex)?.Mtu
            : null;

    public IReadOnlyList<IPAddress> LookUp(string host, out string? problem) => lookup.Find(host, out problem);

    public WireGuardKey PublicKeyOf(SecretKey key) => publicKeyOf(key);

    public IReadOnlyCollection<Cidr> NetworksBut(IReadOnlyCollection<string> ifnames)
    {
        var (links, addresses) = (_host.GetLinks(), _host.GetAddresses());
        var own = links.Where(l => ifnames.Contains(l.Name)).Select(l => l.Index).ToHashSet();
        var mine = addresses.Where(a => own.Contains(a.LinkIndex)).Select(a => a.Cidr.Masked()).ToHashSet();

        // Of two host links that took one network in the same moment the later gives way. What it has otherwise is its own.
        bool GivesWay(Link link) => own.Any(o => link.Index > o) && link.Name.StartsWith(HostLinkConfig.Prefix, StringComparison.Ordinal)
            && addresses.Any(a => a.LinkIndex == link.Index && mine.Contains(a.Cidr.Masked()));
        var left = links.Where(l => own.Contains(l.Index) || GivesWay(l)).Select(l => l.Index).ToHashSet();
        return
        [
            .. addresses.Where(a => !left.Contains(a.LinkIndex)).Select(a => a.Cidr.Masked())
                .Concat(_host.GetRoutes().Where(r => !left.Contains(r.LinkIndex) && r.Destination.PrefixLength > 0).Select(r => r.Destination)).Distinct(),
        ];
    }

    public IReadOnlyCollection<(string Ifname, Cidr Address)> Addresses
    {
        get
        {
            var names = _host.GetLinks().ToDictionary(l => l.Index, l => l.Name);
            return [.. _host.GetAddresses().Where(a => names.ContainsKey(a.LinkIndex)).Select(a => (names[a.LinkIndex], a.Cidr))];
        }
    }

    public void Dispose()
    {
        _rtnl.Dispose();
        _host.Dispose();
    }

    /// <summary>Asking for the family loads the module where there is one (CTRL_CMD_GETFAMILY, net/netlink/genetlink.c).</summary>
    private static bool AskKernel()
    {
        using var socket = NetlinkSocket.Open(NetlinkProtocol.Generic);
        return Family.Resolve(socket, "wireguard") is not null;
    }
}
