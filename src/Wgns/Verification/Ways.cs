using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Verification;

/// <summary>A route by which packets may leave, of whatever table.</summary>
/// <param name="Links">Names of the links of its next hops; empty where the kernel does not tell.</param>
public sealed record Way(Cidr Destination, uint Table, ImmutableArray<string> Links)
{
    public bool IsDefault => Destination.PrefixLength == 0;
}

/// <summary>What decides inside where packets go. Pure data.</summary>
/// <param name="Rules">Which tables are asked.</param>
/// <param name="Loopback">Addresses of lo.</param>
public sealed record Ways(ImmutableArray<Way> Routes, ImmutableArray<Rule> Rules, ImmutableArray<Cidr> Loopback)
{
    public static readonly Ways Nothing = new([], [], []);

    internal static Ways Inside(Netns netns)
    {
        using var rtnl = NetnsThread.Run(netns.Fd, Rtnl.Open);
        var links = rtnl.GetLinks().ToDictionary(l => l.Index, l => l.Name);
        var lo = links.FirstOrDefault(l => l.Value == "lo").Key;
        return new Ways(
            // Groups are routed apart (old kernels say "unicast" of them), and every link has a route to its own.
            [.. rtnl.GetRoutesOfEveryTable().Where(r => r.Type == RouteType.Unicast && !r.Destination.Address.IsIPv6Multicast)
                .Select(r => new Way(r.Destination, r.Table, Names(r, links)))],
            rtnl.GetRules(),
            [.. rtnl.GetAddresses().Where(a => a.LinkIndex == lo).Select(a => a.Cidr)]);
    }

    private static ImmutableArray<string> Names(Route route, Dictionary<int, string> links) =>
    [
        .. (route.HopLinkIndexes.IsEmpty ? [route.LinkIndex] : route.HopLinkIndexes).Where(i => i != 0)
            .Select(i => links.GetValueOrDefault(i) ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"link {i}")).Distinct(),
    ];
}
