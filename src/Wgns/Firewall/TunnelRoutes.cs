using System.Collections.Immutable;
using System.Text;
using Wgns.Configuration;
using Wgns.Linux;

namespace Wgns.Firewall;

/// <summary>
/// Of several tunnels, which takes what: while the one that a network is routed to is not there, the kernel would send it by a wider
/// route of another's, to whoever is at that one's far side. The rules go by names, so that they stand before there is a link.
/// </summary>
/// <param name="Ifnames">All tunnels.</param>
/// <param name="Closed">Networks of one length that a wider route would take, with the tunnel they are of; the longest first.</param>
public sealed record TunnelRoutes(ImmutableArray<string> Ifnames, ImmutableArray<(string Ifname, ImmutableArray<Cidr> Networks)> Closed)
{
    /// <summary>At postrouting: at output a lookup that is redirected has the way still that it was to take before.</summary>
    public const string Chain = "tunnel_routes";

    /// <summary>Null where no tunnel would take what is another's.</summary>
    public static TunnelRoutes? Of(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var items = config.Interfaces.Where(i => Names.CanStandInRule(i.Ifname)).ToList();
        ImmutableArray<(string Ifname, ImmutableArray<Cidr> Networks)> closed =
        [
            .. from item in items
               let others = items.Where(o => o.Ifname != item.Ifname).SelectMany(o => o.Routes).OrderBy(r => r.PrefixLength).ToList()
               from network in item.Routes
               where others.Exists(o => o.IsIPv6 == network.IsIPv6 && o.PrefixLength < network.PrefixLength && o.Overlaps(network))
               group network by (item.Ifname, network.IsIPv6, network.PrefixLength) into same
               orderby same.Key.PrefixLength descending
               select (same.Key.Ifname, same.ToImmutableArray()),
        ];
        return closed.IsEmpty ? null : new TunnelRoutes([.. items.Select(i => i.Ifname)], closed);
    }

    internal string Chains()
    {
        var text = new StringBuilder($"\n    chain {Chain} {{\n        type filter hook postrouting priority filter; policy accept;\n")
            .Append($"        oifname != {RuleWords.Links(Ifnames)} accept\n");
        foreach (var (ifname, networks) in Closed)
        {
            var to = $"        {RuleWords.Ip(networks[0].IsIPv6)} daddr {RuleWords.Set(networks)}";
            text.Append($"{to} oifname \"{ifname}\" accept\n{to} counter drop comment \"of another tunnel\"\n");
        }

        return text.Append("    }\n").ToString();
    }
}
