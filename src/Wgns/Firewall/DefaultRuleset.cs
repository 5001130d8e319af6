using System.Text;
using Wgns.Configuration;

namespace Wgns.Firewall;

/// <summary>The ruleset of a namespace: table inet wgns, then the user's own text.</summary>
public static class DefaultRuleset
{
    /// <summary>The name of the table and its chains, which extraFirewallRules may add to.</summary>
    public const string Table = "inet wgns";

    public static readonly IReadOnlyList<string> Chains =
    [
        "input", "forward", "output", DnsRules.Chain, DnsRules.RedirectChain, DnsRules.SourceChain, HostLinkRules.Chain, HostLinkRules.OutChain,
        SharedRules.Chain, SharedRules.LookupsChain, TunnelRoutes.Chain,
    ];

    /// <summary>What a configuration's namespace loads, all of it in one transaction.</summary>
    public static NamespaceRuleset Of(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var text = Text(DnsRules.Of(config), TunnelPorts.Of(config), HostLinkRules.Of(config), SharedRules.Of(config), TunnelRoutes.Of(config));
        return new NamespaceRuleset(text, config.ExtraFirewallRules.Text);
    }

    // Null is nothing of the kind: no port by the tunnel, no link to the host, no link but wgns's own, no tunnel that would take what is
    // another's. None has a default: one that is forgotten would be rules that are missing.
    private static string Text(DnsRules dns, TunnelPorts? ports, HostLinkRules? hostLink, SharedRules? shared, TunnelRoutes? routes)
    {
        var text = new StringBuilder($"table {Table} {{\n").Append((hostLink?.Chains() + shared?.Chains() + routes?.Chains()).TrimStart('\n'));
        text.Append(Input.Replace(HostLinkHere, hostLink?.Input() + shared?.Input(), StringComparison.Ordinal)).Append(ports?.Rules()).Append(InputEnd)
            .Append(Forward.Replace(SharedHere, shared?.Forward() ?? string.Empty, StringComparison.Ordinal));
        var (chains, jump) = dns.Mode == DnsEnforcement.Off ? (string.Empty, string.Empty) : (dns.Chains(), $"        jump {DnsRules.Chain}\n");
        text.Append(chains).Append(OutputHead).Append(shared?.Sources()).Append(hostLink?.Output()).Append(jump).Append(shared?.Output());
        return text.Append("    }\n}\n").ToString();
    }

    private const string HostLinkHere = "        #host-link\n";
    private const string SharedHere = "        #shared\n";

    // Neighbour discovery and path MTU discovery are not optional in IPv6 (RFC 4890 4.4.1); router advertisements are
    // left out, since nothing inside may learn a route from the network.
    private const string Icmpv6 = "destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, echo-reply, "
        + "mld-listener-query, mld-listener-report, mld-listener-done, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report";

    private const string Input = $$"""
            chain input {
                type filter hook input priority filter; policy drop;
                iif "lo" accept
                #host-link
                ct state invalid drop
                ct state established,related accept
                meta l4proto icmp accept
                icmpv6 type { {{Icmpv6}} } accept
                meta l4proto igmp accept

        """;

    private const string InputEnd = """
                counter comment "not let in"
            }

        """;

    private const string Forward = """

            chain forward {
                type filter hook forward priority filter; policy drop;
                #shared
            }

        """;

    private const string OutputHead = """

            chain output {
                type filter hook output priority filter; policy accept;

        """;
}

/// <summary>The rules of a namespace.</summary>
/// <param name="Default">Table inet wgns.</param>
/// <param name="Extra">extraFirewallRules, as they were written.</param>
public sealed record NamespaceRuleset(string Default, string Extra)
{
    public string Text => Default + Extra;

    /// <summary>How many lines of <see cref="Text"/> come before the first one of the extra rules.</summary>
    public int LinesBeforeExtra => Default.Count(c => c == '\n');
}
