using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Wgns.Configuration;
using Wgns.Linux;

namespace Wgns.Firewall;

/// <summary>
/// Rules of a host link's end inside: what the host begins with a published port comes in, its answers go out, and nothing else
/// passes, whatever the routes are. They go by the link's name and networks, so that they stand before it does.
/// </summary>
/// <param name="Ports">Ports that are published to the host and its network.</param>
public sealed record HostLinkRules(string Ifname, ImmutableArray<Cidr> Networks, ImmutableArray<(PublishProtocol Protocol, int Port)> Ports)
{
    /// <summary>A regular chain that input jumps to: a rule that is added to it lets in more.</summary>
    public const string Chain = "host_link";

    /// <summary>A regular chain that output jumps to.</summary>
    public const string OutChain = "host_link_out";

    private const string Errors = "        meta l4proto { icmp, icmpv6 } ct state related accept\n";

    /// <summary>Of the host's end; empty where they are not known before it is made, which are IPv4's alone.</summary>
    public ImmutableArray<Cidr> HostAddresses { get; init; } = [];

    /// <summary>Null where there is no link.</summary>
    public static HostLinkRules? Of(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.HostLink is { } link
            ? new HostLinkRules(
                link.NamespaceInterface,
                link.Networks,
                [
                    .. config.Publish.Where(p => p.From != PublishFrom.Tunnel && p.Connect.EndPoint is not null)
                        .Select(p => (p.Protocol, p.Connect.EndPoint!.Port)).Distinct().Order(),
                ])
            {
                HostAddresses = link.HostAddresses,
            }
            : null;
    }

    /// <summary>Before the first of ct state: an answer to a packet that came in by another way must not go out here.</summary>
    internal string Input() =>
        // A tunnel's packet in the name of the link's network would have its answer go to the host; one for the link's address would reach what
        // listens for the host alone.
        string.Concat(
            from f in Families(linkLocal: false)
            from address in (string[])["saddr", "daddr"]
            select $"        iifname != \"{Ifname}\" {f.Ip} {address} {f.Set} counter drop comment \"not by the host link\"\n")
        + $"        iifname \"{Ifname}\" jump {Chain}\n        iifname \"{Ifname}\" counter drop comment \"not let in by the host link\"\n";

    internal string Output() =>
        // Any program may send IPv6 to itself in the name of another (IPV6_FREEBIND), and then answer the host, which had not asked.
        string.Concat(RuleWords.Addresses(HostAddresses, linkLocal: true)
            .Select(f => $"        oif \"lo\" {f.Ip} saddr {f.Set} counter drop comment \"in the name of the host\"\n"))
        + $"        oifname \"{Ifname}\" jump {OutChain}\n"
        // With the link gone, answers to the host would go into the tunnel.
        + string.Concat(Families(linkLocal: false)
            .Select(f => $"        oifname != {RuleWords.Links(["lo", Ifname])} {f.Ip} daddr {f.Set} counter reject comment \"of the host link\"\n"));

    internal string Chains()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n    chain {Chain} {{\n").Append(Neighbours).Append(WithinNetworks())
            .Append("        ct direction original ct state established accept\n").Append(Errors);
        foreach (var group in Ports.GroupBy(p => p.Protocol))
        {
            text.Append(CultureInfo.InvariantCulture, $"        {group.Key.Word()} dport {{ ").AppendJoin(", ", group.Select(p => p.Port)).Append(" } accept\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"    }}\n\n    chain {OutChain} {{\n").Append(Neighbours).Append(WithinNetworks())
            .Append("        ct direction reply ct state established accept\n").Append(Errors)
            .Append("        counter reject comment \"not let out by the host link\"\n    }\n").ToString();
    }

    private string Neighbours => Networks.Any(n => n.IsIPv6)
        ? "        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept\n"
        : string.Empty;

    private string WithinNetworks() => string.Concat(
        Families(linkLocal: true).Select(f => $"        {f.Ip} saddr != {f.Set} counter drop\n        {f.Ip} daddr != {f.Set} counter drop\n"))
        + string.Concat(RuleWords.BothFamilies.Where(v6 => Networks.All(n => n.IsIPv6 != v6)).Select(v6 => $"        {RuleWords.Nfproto(v6)} counter drop\n"));

    // Every link has the same link-local network: those of others are not this one's business.
    private IEnumerable<(string Ip, string Set)> Families(bool linkLocal) => RuleWords.Networks(Networks, linkLocal);
}
