using System.Collections.Immutable;
using System.Text;
using Wgns.Linux;

namespace Wgns.Firewall;

/// <summary>
/// Rules of a host link's end on the host, in a table of their own: only answers come out of the namespace, nothing is forwarded to
/// it or from it, and its addresses are nobody else's. A verdict of another table can only be stricter.
/// </summary>
public static class HostEndRules
{
    /// <summary>Whether it is IPv6.</summary>
    internal static readonly bool[] BothFamilies = [false, true];

    /// <param name="table">Of family inet.</param>
    /// <param name="name">The namespace, for people.</param>
    public static string Text(string table, string name, string ifname, ImmutableArray<Cidr> host, ImmutableArray<Cidr> inside)
    {
        var text = new StringBuilder();
        text.Append($"table inet {table} {{\n    chain input {{\n        type filter hook input priority filter - 10; policy accept;\n")
            .Append($"        iifname \"{ifname}\" jump from_inside\n");
        foreach (var (ip, set) in Families(inside, linkLocal: false))
        {
            text.Append($"        iifname != {{ \"lo\", \"{ifname}\" }} {ip} saddr {set} counter drop comment \"not by the host link\"\n");
        }

        text.Append("    }\n\n    chain from_inside {\n");
        if (host.Any(a => a.IsIPv6))
        {
            text.Append("        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept\n");
        }

        foreach (var (ip, set) in Families(inside, linkLocal: true))
        {
            text.Append($"        {ip} saddr != {set} counter drop\n");
        }

        foreach (var (ip, set) in Families(host, linkLocal: true))
        {
            text.Append($"        {ip} daddr != {set} counter drop\n");
        }

        text.Append("        ct direction reply ct state established accept\n        meta l4proto { icmp, icmpv6 } ct state related accept\n")
            .Append($"        counter drop comment \"begun in namespace {name}\"\n    }}\n\n")
            .Append("    chain forward {\n        type filter hook forward priority filter - 10; policy accept;\n")
            .Append($"        iifname \"{ifname}\" counter drop\n        oifname \"{ifname}\" counter drop\n    }}\n\n")
            .Append("    chain output {\n        type filter hook output priority filter - 10; policy accept;\n");
        foreach (var (ip, set) in Families(inside, linkLocal: false))
        {
            text.Append($"        oifname != {{ \"lo\", \"{ifname}\" }} {ip} daddr {set} counter drop comment \"not by the host link\"\n");
        }

        return text.Append("    }\n}\n").ToString();
    }

    /// <summary>Commands that take the table away first, where there is one, in one transaction with <paramref name="text"/>.</summary>
    public static string Replacing(string table, string text) => $"table inet {table}\ndelete table inet {table}\n{text}";

    private static IEnumerable<(string Ip, string Set)> Families(ImmutableArray<Cidr> addresses, bool linkLocal) =>
        from v6 in BothFamilies
        let some = addresses.Where(a => a.IsIPv6 == v6 && (linkLocal || !a.Address.IsIPv6LinkLocal)).Select(a => a.Address).Distinct().ToList()
        where some.Count > 0
        select (v6 ? "ip6" : "ip", $"{{ {string.Join(", ", some)} }}");
}
