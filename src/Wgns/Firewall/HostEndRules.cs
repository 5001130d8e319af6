using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Wgns.Configuration;
using Wgns.Linux;

namespace Wgns.Firewall;

/// <summary>
/// Rules of a host link's end on the host, in a table of their own: only answers come out of the namespace, nothing is forwarded to
/// it or from it, and its addresses are nobody else's. A verdict of another table can only be stricter.
/// </summary>
public static class HostEndRules
{
    /// <param name="table">Of family inet.</param>
    /// <param name="name">The namespace, for people.</param>
    public static string Text(string table, string name, string ifname, ImmutableArray<Cidr> host, ImmutableArray<Cidr> inside, LinkPorts? ports = null)
    {
        var own = RuleWords.Links(["lo", ifname]);
        var text = new StringBuilder();
        text.Append($"table inet {table} {{\n    chain arrival {{\n        type filter hook prerouting priority raw; policy accept;\n")
            .Append($"        iifname != \"{ifname}\" accept\n");

        // Before the kernel looks for a way for it, and says to whoever is named as its source, by whatever link, that there is none. IPv6 has no
        // reverse path filter.
        foreach (var (ip, set) in RuleWords.Addresses(inside, linkLocal: true))
        {
            text.Append($"        {ip} saddr != {set} counter drop\n");
        }

        if (host.Any(a => a.IsIPv6))
        {
            text.Append("        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 daddr ff02::/16 accept\n");
        }

        foreach (var (ip, set) in RuleWords.Addresses(host, linkLocal: true))
        {
            text.Append($"        {ip} daddr != {set} counter drop\n");
        }

        foreach (var v6 in RuleWords.BothFamilies.Where(v6 => host.All(a => a.IsIPv6 != v6)))
        {
            text.Append($"        {RuleWords.Nfproto(v6)} counter drop\n");
        }

        text.Append($"    }}\n\n    chain input {{\n        type filter hook input priority filter - 10; policy accept;\n")
            .Append($"        iifname \"{ifname}\" jump from_inside\n");
        foreach (var (ip, set) in RuleWords.Addresses([.. inside, .. inside.Select(Everybody).OfType<Cidr>()], linkLocal: false))
        {
            text.Append($"        iifname != {own} {ip} saddr {set} counter drop comment \"not by the host link\"\n");
        }

        // The kernel takes what is for an address of its own, or for everybody in its network, by whatever link it comes.
        foreach (var (ip, set) in RuleWords.Addresses([.. host, .. host.Select(Everybody).OfType<Cidr>()], linkLocal: false))
        {
            text.Append($"        iifname != {own} {ip} daddr {set} counter drop comment \"not by the host link\"\n");
        }

        text.Append("    }\n\n    chain from_inside {\n");
        if (host.Any(a => a.IsIPv6))
        {
            text.Append("        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept\n");
        }

        text.Append("        ct direction reply ct state established accept\n        meta l4proto { icmp, icmpv6 } ct state related accept\n")
            .Append($"        counter drop comment \"begun in namespace {name}\"\n    }}\n\n")
            .Append("    chain forward {\n        type filter hook forward priority filter - 10; policy accept;\n")
            .Append(ports?.Forward(ifname))
            .Append($"        iifname \"{ifname}\" counter drop\n        oifname \"{ifname}\" counter drop\n{(ports is null ? string.Empty : ClosedHere)}    }}\n\n")
            .Append(ports?.Chains(ifname))
            .Append("    chain output {\n        type filter hook output priority filter - 10; policy accept;\n");
        foreach (var (ip, set) in RuleWords.Addresses(inside, linkLocal: false))
        {
            text.Append($"        oifname != {own} {ip} daddr {set} counter drop comment \"not by the host link\"\n");
        }

        return text.Append("    }\n}\n").ToString();
    }

    /// <summary>
    /// The same with forwarding that was turned on for published ports closed to everything else. What is for the link of another
    /// namespace is left to that one's table, which drops what is not published there; a link of that name that is nobody's of ours gets nothing.
    /// </summary>
    /// <param name="links">Links of the host, with whether it is IPv6 that is forwarded from there.</param>
    public static string Closing(string text, IReadOnlyCollection<(string Ifname, bool IsIPv6)> links)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Replace(
            ClosedHere,
            string.Concat(
                from v6 in RuleWords.BothFamilies
                let names = links.Where(l => l.IsIPv6 == v6).Select(l => l.Ifname).Order(StringComparer.Ordinal).ToList()
                where names.Count > 0
                from rest in (string[])[$"oifname != \"{HostLinkConfig.Prefix}*\"", "ct status & dnat == 0"]
                select $"        iifname {RuleWords.Links(names)} {RuleWords.Nfproto(v6)} {rest} counter drop comment \"not forwarded before wgns\"\n"),
            StringComparison.Ordinal);
    }

    private const string ClosedHere = "        #closed\n";

    /// <summary>Commands that take the table away first, where there is one, in one transaction with <paramref name="text"/>.</summary>
    public static string Replacing(string table, string text) => $"table inet {table}\ndelete table inet {table}\n{text}";

    /// <summary>IPv4's broadcast address (RFC 919); null where a network has none.</summary>
    private static Cidr? Everybody(Cidr address)
    {
        if (address.IsIPv6 || address.PrefixLength > 30)
        {
            return null;
        }

        var number = BinaryPrimitives.ReadUInt32BigEndian(address.Address.GetAddressBytes()) | (uint.MaxValue >> address.PrefixLength);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new Cidr(new IPAddress(bytes), address.PrefixLength);
    }
}
