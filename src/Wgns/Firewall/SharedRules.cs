using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>Of the tunnel's interfaces.</summary>
    public ImmutableArray<Cidr> Addresses { get; init; } = [];

    /// <summary>Null where the namespace is wgns's own, and has no other links.</summary>
    public static SharedRules? Of(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.IsManaged ? null : new SharedRules(
            [
                .. config.Interfaces.Select(i => i.Ifname).Where(Names.CanStandInRule),
                .. config.HostLink is { } link ? [link.NamespaceInterface] : Array.Empty<string>(),
            ],
            [.. config.Interfaces.SelectMany(i => i.Routes).Distinct()])
        {
            Addresses = [.. config.Interfaces.SelectMany(i => i.Addresses)],
        };
    }

    /// <summary>Whether nothing is to begin a conversation by another link.</summary>
    public bool TakesAll =>
        // 0.0.0.0/1 and 128.0.0.0/1 are how a default route is written that is to win over another.
        Networks.Any(n => n.PrefixLength <= 1);

    internal string Input() => Ifnames.IsEmpty
        ? "        accept comment \"by a link that is not wgns's\"\n"
        : $"        iifname != {Set} accept comment \"by a link that is not wgns's\"\n";

    internal string Forward() => Ifnames.IsEmpty
        ? "        accept comment \"between links that are not wgns's\"\n"
        : $"        iifname != {Set} oifname != {Set} accept comment \"between links that are not wgns's\"\n";

    /// <summary>
    /// Any program may send IPv6 to itself in the name of another (IPV6_FREEBIND), and what it says to that one then is an answer to
    /// conntrack's mind. IPv4 has no such sockets for who may not configure the network.
    /// </summary>
    internal string Output() => Ifnames.IsEmpty
        ? string.Empty
        : "        oif \"lo\" meta nfproto ipv6 fib saddr type != local counter drop comment \"in the name of another\"\n"
            + $"        oifname != {{ \"lo\", {Quoted} }} jump {Chain}\n";

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
        text.Append(CultureInfo.InvariantCulture, $"\n    chain {Chain} {{\n");

        // The tunnel's far side may say that it is a neighbour on another link: the answer would go there.
        foreach (var (ip, set) in HostEndRules.Families(Addresses, linkLocal: false))
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
            foreach (var group in Networks.GroupBy(n => n.IsIPv6))
            {
                text.Append(group.Key ? "        ip6 daddr { " : "        ip daddr { ").AppendJoin(", ", group).Append(" } counter reject comment \"not by the tunnel\"\n");
            }
        }

        return text.Append("    }\n").ToString();
    }

    private string Quoted => string.Join(", ", Ifnames.Select(i => $"\"{i}\""));

    private string Set => $"{{ {Quoted} }}";
}
