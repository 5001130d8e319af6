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

    /// <param name="ports">Null lets nothing in.</param>
    /// <param name="hostLink">Null where there is no link to the host.</param>
    /// <param name="shared">Null where no link but wgns's own is in the namespace.</param>
    /// <param name="routes">Null where no tunnel would take what is another's.</param>
    public static string Text(
        DnsRules dns, string extraFirewallRules, TunnelPorts? ports = null, HostLinkRules? hostLink = null, SharedRules? shared = null,
        TunnelRoutes? routes = null)
    {
        ArgumentNullException.ThrowIfNull(dns);
        ArgumentNullException.ThrowIfNull(extraFirewallRules);
        var text = new StringBuilder("table inet wgns {\n").Append((hostLink?.Chains() + shared?.Chains() + routes?.Chains()).TrimStart('\n'));
        text.Append(Input.Replace(HostLinkHere, hostLink?.Input() + shared?.Input(), StringComparison.Ordinal)).Append(ports?.Rules()).Append(InputEnd)
            .Append(Forward.Replace(SharedHere, shared?.Forward() ?? string.Empty, StringComparison.Ordinal));
        var (chains, jump) = dns.Mode == DnsEnforcement.Off ? (string.Empty, string.Empty) : (dns.Chains(), $"        jump {DnsRules.Chain}\n");
        text.Append(chains).Append(OutputHead).Append(shared?.Sources()).Append(hostLink?.Output()).Append(jump).Append(shared?.Output());
        return text.Append("    }\n}\n").Append(extraFirewallRules).ToString();
    }

    /// <summary>How many lines of <see cref="Text"/> come before the first one of the extra rules.</summary>
    public static int LinesBeforeExtra(
        DnsRules dns, TunnelPorts? ports = null, HostLinkRules? hostLink = null, SharedRules? shared = null, TunnelRoutes? routes = null) =>
        Text(dns, string.Empty, ports, hostLink, shared, routes).Count(c => c == '\n');

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
