using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wgns.Configuration;
using Wgns.Linux;

namespace Wgns.Firewall;

/// <summary>
/// The rules that hold name lookups to the dns_server. A lookup within lo is nobody else's business: a resolver may run
/// inside.
/// </summary>
/// <param name="Servers">The dns_server; one of them that was asked is left to answer, anybody else is not.</param>
public sealed record DnsRules(DnsEnforcement Mode, ImmutableArray<IPAddress> Servers)
{
    /// <summary>A regular chain that output jumps to first, so that a rule inserted into it can make an exception.</summary>
    public const string Chain = "dns";

    /// <summary>A nat chain at the output hook; there with <see cref="DnsEnforcement.Redirect"/> alone.</summary>
    public const string RedirectChain = "dns_redirect";

    /// <summary>A nat chain at postrouting; there where a lookup that is redirected may leave by another link than it was on its way to.</summary>
    public const string SourceChain = "dns_source";

    /// <summary>What a lookup is that was redirected.</summary>
    internal const string Redirected = "meta l4proto { tcp, udp } th dport 53 ct status dnat";

    public static DnsRules Of(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new DnsRules(config.DnsEnforcement, config.DnsServers)
        {
            Tunnels = config.IsManaged && config.Interfaces.Length < 2 ? []
                : [.. config.Interfaces.Where(i => Names.CanStandInRule(i.Ifname)).Select(i => (i.Ifname, i.Addresses))],
        };
    }

    /// <summary>With their addresses, where there is more than one link; a lookup is routed before it is redirected, and has the source of that way.</summary>
    public ImmutableArray<(string Ifname, ImmutableArray<Cidr> Addresses)> Tunnels { get; init; } = [];

    /// <summary>Who is asked in the place of others, of each family.</summary>
    internal IEnumerable<IPAddress> Targets =>
        Mode == DnsEnforcement.Redirect ? RuleWords.BothFamilies.Select(v6 => ServersOf(v6).FirstOrDefault()).OfType<IPAddress>() : [];

    /// <summary>The chains, as they stand in the table.</summary>
    internal string Chains()
    {
        var redirects = string.Concat(RuleWords.BothFamilies.Select(Redirect));
        var text = new StringBuilder();
        if (redirects.Length > 0)
        {
            // -100 is dstnat. At this hook oif is the way to where the program wanted to go, before it is sent elsewhere.
            text.Append($"\n    chain {RedirectChain} {{\n        type nat hook output priority -100; policy accept;\n")
                .Append($"        oif \"lo\" accept\n{redirects}    }}\n");
        }

        if (string.Concat(Targets.Select(Source)) is { Length: > 0 } sources)
        {
            // 100 is srcnat.
            text.Append($"\n    chain {SourceChain} {{\n        type nat hook postrouting priority 100; policy accept;\n{sources}    }}\n");
        }

        return text.Append($"\n    chain {Chain} {{\n        oif \"lo\" return\n").AppendJoin(string.Empty, RuleWords.BothFamilies.Select(Rejection))
            .Append("        meta l4proto { tcp, udp } th dport { 5353, 5355 } counter reject comment \"mDNS, LLMNR\"\n    }\n")
            .ToString();
    }

    // The first of a family takes what was meant for others, as the first in resolv.conf is asked first: shared out, a
    // lookup that is tried again would come to a server that may not know what the first one does.
    private string Redirect(bool v6) =>
        Mode == DnsEnforcement.Redirect && ServersOf(v6) is [var first, ..] servers
            ? $"        {Elsewhere(v6, servers)} meta l4proto {{ tcp, udp }} th dport 53 counter dnat {RuleWords.Ip(v6)} to {first}\n"
            : string.Empty;

    // With another tunnel's address, or another link's, the far side takes it for nobody's.
    private string Source(IPAddress server) => string.Concat(
        from tunnel in Tunnels
        let own = tunnel.Addresses.Select(a => a.Address).Where(a => a.AddressFamily == server.AddressFamily && !a.IsIPv6LinkLocal).Distinct().ToList()
        where own.Count > 0
        let ip = RuleWords.Ip(server)
        select $"        oifname \"{tunnel.Ifname}\" {ip} saddr != {RuleWords.Set(own)} {ip} daddr {server} {Redirected} counter snat {ip} to {own[0]}\n");

    // A program that is refused fails at once instead of waiting for an answer. With redirect, too: nat looks at the first packet
    // of a conversation alone, and one may have begun when the dns_server was another.
    private string Rejection(bool v6)
    {
        var ports = Mode == DnsEnforcement.Reject ? "{ 53, 853 }" : "53";
        return ServersOf(v6) switch
        {
            [] => Line(RuleWords.Nfproto(v6), "no dns_server of this family"),
            var servers => Line(Elsewhere(v6, servers), "not a dns_server"),
        };

        string Line(string match, string comment) =>
            $"        {match} meta l4proto {{ tcp, udp }} th dport {ports} counter reject comment \"{comment}\"\n";
    }

    private static string Elsewhere(bool v6, List<IPAddress> servers) => $"{RuleWords.Ip(v6)} daddr != {RuleWords.Set(servers)}";

    private List<IPAddress> ServersOf(bool v6) => [.. Servers.Where(s => s.AddressFamily == AddressFamily.InterNetworkV6 == v6).Distinct()];
}
