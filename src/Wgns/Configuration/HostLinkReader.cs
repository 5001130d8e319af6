using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Wgns.Diagnostics;
using Wgns.Linux;

namespace Wgns.Configuration;

/// <summary>Reads the [hostLink] of a namespace.</summary>
internal static class HostLinkReader
{
    private const string Example = "like hostAddresses = [\"10.200.0.1/30\"] and nsAddresses = [\"10.200.0.2/30\"]";

    internal static HostLinkConfig? Read(TableReader owner, string name, List<Diagnostic> diagnostics)
    {
        if (owner.Table("hostLink") is not { } toml)
        {
            return null;
        }

        var table = new TableReader(toml, "the hostLink", KnownKeys.HostLink, diagnostics);
        var before = diagnostics.Count(d => d.Severity == Severity.Error);
        var isEnabled = table.Boolean("enable", fallback: true);
        var link = new HostLinkConfig(
            Ifname(table, "hostInterface") ?? HostLinkConfig.DefaultHostInterface(name),
            Ifname(table, "nsInterface") ?? HostLinkConfig.DefaultNamespaceInterface,
            Addresses(table, "hostAddresses"),
            Addresses(table, "nsAddresses"));
        CheckPairs(table, link, isWhole: diagnostics.Count(d => d.Severity == Severity.Error) == before);
        return isEnabled ? link : null;
    }

    /// <summary>What is wrong with it beside the rest of the configuration.</summary>
    internal static void CheckBeside(NamespaceConfig config, TableReader owner)
    {
        if (config.HostLink is not { } link)
        {
            return;
        }

        var span = owner.SpanOf("hostLink");
        foreach (var item in config.Interfaces.Where(i => i.Ifname == link.NamespaceInterface))
        {
            owner.Error(span, $"the hostLink's nsInterface and an interface of WireGuard's are both named \"{item.Ifname}\"", "set nsInterface to another name");
        }

        // A network that the tunnel has, too, would have its packets go by the link.
        var tunnel = config.Interfaces.SelectMany(i => i.Addresses.Select(a => (Network: a, What: "the address"))
                .Concat(i.Routes.Where(r => r.PrefixLength > 0).Select(r => (Network: r, What: "the route"))))
            .Concat(config.DnsServers.Where(s => !IPAddress.IsLoopback(s))
                .Select(s => (Network: Cidr.Of(s), What: "the dns_server")));
        foreach (var (network, what) in tunnel.Distinct())
        {
            if (link.Networks.Where(n => n.Overlaps(network)).Select(n => (Cidr?)n).FirstOrDefault() is { } own)
            {
                var whose = link.HostAddresses.IsEmpty ? $"{own}, which the hostLink takes its addresses from," : $"the hostLink's {own}";
                owner.Error(
                    span,
                    $"{whose} overlaps {what} {network} of the tunnel: the link would carry what is the tunnel's",
                    $"give it a network that the tunnel does not use, {Example}");
            }
        }
    }

    private static string? Ifname(TableReader table, string key)
    {
        if (table.String(key) is not { } node)
        {
            return null;
        }

        // It stands in rules, where '*' is for any and a quote ends it.
        var problem = Names.IfnameProblem(node.Value)
            ?? (node.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@') ? null : "holds a character other than letters, digits, '-', '_', '.' and '@'");
        if (problem is null)
        {
            return node.Value;
        }

        table.Error(node.Span, $"{key} \"{node.Value}\" {problem}");
        return null;
    }

    private static ImmutableArray<Cidr> Addresses(TableReader table, string key)
    {
        var addresses = ImmutableArray.CreateBuilder<Cidr>();
        foreach (var node in table.Strings(key, orOne: true))
        {
            if (!Cidr.TryParse(node.Value, out var parsed))
            {
                table.Error(node.Span, $"{key} \"{node.Value}\" is no address with a length", Example);
            }
            else if (Problem(parsed.Value) is { } problem)
            {
                table.Error(node.Span, $"{key} {parsed} {problem}", Example);
            }
            else
            {
                if (!IsUsual(parsed.Value))
                {
                    table.Warning(
                        node.Span,
                        $"{key} {parsed}: {parsed.Value.Masked()} is more than two ends need, and all of it leads to the host and not into the tunnel",
                        "a /30 or /31 (IPv6: a /126 or /127) is enough");
                }

                addresses.Add(parsed.Value);
            }
        }

        return addresses.ToImmutable();
    }

    private static string? Problem(Cidr address)
    {
        var ip = address.Address;
        var bits = address.IsIPv6 ? 128 : 32;
        var isSpecial = IPAddress.IsLoopback(ip) || StreamAddress.IsEvery(ip) || ip.IsIPv6Multicast || (!address.IsIPv6 && ip.GetAddressBytes()[0] >= 224);
        return isSpecial ? "is no address that a link can have"
            : address.PrefixLength == bits ? $"has a network of its own: two ends need one of /{bits - 1} or shorter"
            : address.PrefixLength < (address.IsIPv6 ? 16 : 8) ? "takes in more than can be one link's"
            : !address.IsIPv6 && address.PrefixLength < 31 && (address == address.Masked() || IsLast(address)) ? "is the first or the last of its network, which no host can have"
            : null;
    }

    private static bool IsLast(Cidr address)
    {
        var bytes = address.Address.GetAddressBytes();
        var host = uint.MaxValue >> address.PrefixLength;
        return ((uint)((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) & host) == host;
    }

    // fe80::/64 is a link's own by definition (RFC 4291 section 2.5.6).
    private static bool IsUsual(Cidr address) =>
        address.IsIPv6 ? address.PrefixLength >= 126 || address.Address.IsIPv6LinkLocal : address.PrefixLength >= 30;

    private static void CheckPairs(TableReader table, HostLinkConfig link, bool isWhole)
    {
        if (!isWhole)
        {
            return;
        }

        foreach (var (key, own, other, others) in new[]
        {
            ("hostAddresses", link.HostAddresses, "nsAddresses", link.NamespaceAddresses),
            ("nsAddresses", link.NamespaceAddresses, "hostAddresses", link.HostAddresses),
        })
        {
            foreach (var address in own)
            {
                if (others.Contains(address))
                {
                    table.Error(table.SpanOf(key), $"{address} is in {key} and in {other}", "each end has its own address");
                    return;
                }

                if (!others.Any(o => o.Masked() == address.Masked()))
                {
                    table.Error(table.SpanOf(key), $"{address} of {key} has no counterpart in {other}", $"an address of {address.Masked()} at the other end");
                }
            }
        }
    }
}
