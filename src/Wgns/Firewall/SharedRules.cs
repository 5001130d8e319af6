using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wgns.Configuration;
using Wgns.Linux;

namespace Wgns.Firewall;

/// <summary>
/// What the default rules leave alone in a namespace that somebody else made: his links. Nothing passes between those and ours, and
/// what is routed into the tunnel gets out by none of them, tunnel or no tunnel.
/// </summary>
/// <param name="Ifnames">Ours: the tunnel's interfaces and the end of a link to the host.</param>
/// <param name="Networks">What the tunnel carries; with a default route among them it is everything.</param>
public sealed record SharedRules(ImmutableArray<string> Ifnames, ImmutableArray<Cidr> Networks)
{
    /// <summary>A regular chain that output jumps to for what would leave by a link that is not ours.</summary>
    public const string Chain = "other_links";

    /// <summary>At postrouting: at output a lookup that is redirected has the way still that it was to take before.</summary>
    public const string LookupsChain = "other_links_dns";

    /// <summary>Those of the interfaces that are tunnels.</summary>
    public ImmutableArray<string> Tunnels { get; init; } = [];

    /// <summary>Of the tunnel's interfaces.</summary>
    public ImmutableArray<Cidr> Addresses { get; init; } = [];

    /// <summary>Servers by the tunnel that lookups are redirected to.</summary>
    public ImmutableArray<IPAddress> Lookups { get; init; } = [];

    /// <summary>Null where the namespace is wgns's own, and has no other links.</summary>
    public static SharedRules? Of(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.IsManaged)
        {
            return null;
        }

        ImmutableArray<string> tunnels = [.. config.Interfaces.Select(i => i.Ifname).Where(Names.CanStandInRule)];
        var rules = new SharedRules(
            [.. tunnels, .. config.HostLink is { } link ? [link.NamespaceInterface] : Array.Empty<string>()],
            [.. config.Interfaces.SelectMany(i => i.Routes).Distinct()])
        {
            Tunnels = tunnels,
            Addresses = [.. config.Interfaces.SelectMany(i => i.Addresses)],
        };
        return rules with { Lookups = [.. DnsRules.Of(config).Targets.Where(s => rules.TakesAll || rules.Networks.Any(n => n.Contains(s)))] };
    }

    /// <summary>Whether nothing is to begin a conversation by another link.</summary>
    public bool TakesAll =>
        // 0.0.0.0/1 and 128.0.0.0/1 are how a default route is written that is to win over another.
        Networks.Any(n => n.PrefixLength <= 1);

    internal string Input() => Ifnames.IsEmpty
        ? "        accept comment \"by a link that is not wgns's\"\n"
        : $"        iifname != {Ours} accept comment \"by a link that is not wgns's\"\n";

    internal string Forward() => Ifnames.IsEmpty
        ? "        accept comment \"between links that are not wgns's\"\n"
        : $"        iifname != {Ours} oifname != {Ours} accept comment \"between links that are not wgns's\"\n";

    /// <summary>
    /// Any program may send IPv6 to itself in the name of another (IPV6_FREEBIND), and what it says to that one then is an answer to
    /// conntrack's mind. IPv4 has no such sockets for who may not configure the network.
    /// </summary>
    internal string Sources() => Ifnames.IsEmpty
        ? string.Empty
        : "        oif \"lo\" meta nfproto ipv6 fib saddr type != local counter drop comment \"in the name of another\"\n"
            // Were it refused, the kernel would tell that one, by whatever link leads there, with what was said. DAD has no source yet.
            + "        ip6 saddr != :: ct direction original fib saddr type != local counter drop comment \"in the name of another\"\n";

    internal string Output() => Ifnames.IsEmpty ? string.Empty : $"        oifname != {RuleWords.Links(["lo", .. Ifnames])} jump {Chain}\n";

    /// <summary>
    /// Answers to who came by such a link go back by it, and what the kernel says to its neighbours (RFC 4890 section 4.4.1) is
    /// about the link itself.
    /// </summary>
    internal string Chains()
    {
        if (Ifnames.IsEmpty)
        {
            return string.Empty;
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n    chain {Chain} {{\n").AppendJoin(string.Empty, Lookups.Select(s => $"        {Unbound(s)}{Lookup(s)} return\n"));

        // The tunnel's far side may say that it is a neighbour on another link: the answer would go there.
        foreach (var (ip, set) in RuleWords.Addresses(Addresses, linkLocal: false))
        {
            text.Append($"        {ip} saddr {set} counter reject comment \"in the name of the tunnel\"\n");
        }

        text.Append("        ct direction reply ct state established,related accept\n")
            .Append("        icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-report, mld-listener-done, mld2-listener-report } accept\n")
            .Append("        meta l4proto igmp accept\n");
        if (TakesAll)
        {
            text.Append("        counter reject comment \"not by the tunnel\"\n");
        }
        else
        {
            foreach (var (ip, set) in RuleWords.Networks(Networks, linkLocal: true))
            {
                text.Append($"        {ip} daddr {set} counter reject comment \"not by the tunnel\"\n");
            }
        }

        text.Append("    }\n");
        if (!Lookups.IsEmpty)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    chain {LookupsChain} {{\n        type filter hook postrouting priority filter; policy accept;\n")
                // What is forwarded between them is their maker's; what begins here came in by none.
                .Append("        iif != 0 accept\n")
                .Append($"        oifname {RuleWords.Links(["lo", .. Tunnels])} accept\n")
                .AppendJoin(string.Empty, Lookups.Select(s => $"        {Lookup(s)} counter drop comment \"not by the tunnel\"\n")).Append("    }\n");
        }

        return text.ToString();
    }

    // An answer by the tunnel is none to an address that another link has for itself.
    private static string Unbound(IPAddress server) => server.AddressFamily == AddressFamily.InterNetworkV6 ? "ip6 saddr != fe80::/10 " : string.Empty;

    private static string Lookup(IPAddress server) =>
        $"{RuleWords.Ip(server)} daddr {server} {DnsRules.Redirected}";

    private string Ours => RuleWords.Links(Ifnames);
}
