using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wgns.Configuration;
using Wgns.Linux;
using Wgns.Linux.Nftables;

namespace Wgns.Firewall;

/// <summary>A port of the host's that leads into the namespace by the host link.</summary>
/// <param name="Listen">The host's; 0.0.0.0 and :: are every address of that family.</param>
/// <param name="Links">Those of the host that it is reached by.</param>
/// <param name="Inside">The link's end inside, and the service's port.</param>
public sealed record LinkPort(PublishProtocol Protocol, IPEndPoint Listen, ImmutableArray<string> Links, IPEndPoint Inside)
{
    public bool IsIPv6 => Listen.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The host's addresses that it is reached by: what goes by to another is none of ours.</summary>
    public ImmutableArray<IPAddress> Own { get; init; } = [];

    /// <summary>Whether a conversation with it began before it led inside, or before there was the link, or led elsewhere inside.</summary>
    public bool IsPassedBy(UdpFlow flow) =>
        Own.Contains(flow.To.Address)
        && (flow.Answerer.Equals(flow.To)
            ? !flow.IsMasqueraded
            : flow.Answerer.Address.Equals(Inside.Address) && (flow.Answerer.Port != Inside.Port || !flow.IsMasqueraded));
}

/// <summary>[[publish]] with via = "link": what the host's end forwards, and how its answers find back.</summary>
/// <param name="Ports">Those that are reached by any link now.</param>
public sealed record LinkPorts(ImmutableArray<LinkPort> Ports)
{
    /// <summary>Links that packets for them come in by, of one family.</summary>
    public ImmutableArray<string> Links(bool v6) =>
        [.. Ports.Where(p => p.IsIPv6 == v6).SelectMany(p => p.Links).Distinct().Order(StringComparer.Ordinal)];

    /// <param name="links">Of the host, each with an address; 0.0.0.0 and :: are all but lo and host links.</param>
    public static LinkPorts? Of(NamespaceConfig config, ImmutableArray<Cidr> inside, IReadOnlyCollection<(string Ifname, Cidr Address)> links)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(links);
        var ports = ImmutableArray.CreateBuilder<LinkPort>();
        foreach (var publish in config.Publish.Where(p => p is { Via: PublishVia.Link, Listen.EndPoint: not null, Connect.EndPoint: not null }))
        {
            var listen = publish.Listen.EndPoint!;
            var isEvery = StreamAddress.IsEvery(listen.Address);
            var to = inside.Where(a => a.Address.AddressFamily == listen.AddressFamily && !a.Address.IsIPv6LinkLocal).Select(a => a.Address).FirstOrDefault();
            ImmutableArray<string> by =
            [
                .. links.Where(l => l.Ifname != "lo" && l.Ifname != config.HostLink?.HostInterface && !l.Ifname.StartsWith(HostLinkConfig.Prefix, StringComparison.Ordinal))
                    .Where(l => Names.CanStandInRule(l.Ifname))
                    .Where(l => isEvery ? l.Address.Address.AddressFamily == listen.AddressFamily : l.Address.Address.Equals(listen.Address))
                    .Select(l => l.Ifname).Distinct().Order(StringComparer.Ordinal),
            ];
            if (to is not null && !by.IsEmpty)
            {
                ports.Add(new LinkPort(publish.Protocol, listen, by, new IPEndPoint(to, publish.Connect.EndPoint!.Port))
                {
                    Own = isEvery
                        ? [.. links.Select(l => l.Address.Address).Where(a => a.AddressFamily == listen.AddressFamily && !IPAddress.IsLoopback(a)).Distinct()]
                        : [listen.Address],
                });
            }
        }

        return ports.Count == 0 ? null : new LinkPorts(ports.ToImmutable());
    }

    /// <summary>Before everything else of the link's is dropped: what was sent in by the rules below, and its answers.</summary>
    internal string Forward(string ifname)
    {
        var text = new StringBuilder();
        foreach (var port in Ports.DistinctBy(p => (p.Protocol, p.IsIPv6, p.Inside, RuleWords.Links(p.Links))))
        {
            var to = string.Create(CultureInfo.InvariantCulture, $"{RuleWords.Ip(port.IsIPv6)} daddr {port.Inside.Address} {port.Protocol.Word()} dport {port.Inside.Port}");
            text.Append($"        iifname {RuleWords.Links(port.Links)} oifname \"{ifname}\" {to} ct direction original {Allowed} new,established accept\n");
        }

        foreach (var v6 in RuleWords.BothFamilies.Where(v6 => !Links(v6).IsEmpty))
        {
            var (links, icmp) = (RuleWords.Links(Links(v6)), v6 ? "icmpv6" : "icmp");
            text.Append($"        iifname \"{ifname}\" oifname {links} {RuleWords.Nfproto(v6)} ct direction reply {Allowed} established accept\n")
                .Append($"        iifname {links} oifname \"{ifname}\" meta l4proto {icmp} {Allowed} related accept\n")
                .Append($"        iifname \"{ifname}\" oifname {links} meta l4proto {icmp} {Allowed} related accept\n");
        }

        return text.ToString();
    }

    /// <summary>The chains of nat, at dstnat and srcnat. What is sent on by other addresses than the host's own is not looked at.</summary>
    internal string Chains(string ifname)
    {
        var text = new StringBuilder("    chain prerouting {\n        type nat hook prerouting priority dstnat; policy accept;\n");
        foreach (var port in Ports)
        {
            var asked = StreamAddress.IsEvery(port.Listen.Address)
                ? $"{RuleWords.Nfproto(port.IsIPv6)} fib daddr type local"
                : $"{RuleWords.Ip(port.IsIPv6)} daddr {port.Listen.Address}";
            var to = port.IsIPv6 ? $"[{port.Inside.Address}]" : $"{port.Inside.Address}";
            text.Append($"        iifname {RuleWords.Links(port.Links)} {asked} ")
                .Append(CultureInfo.InvariantCulture, $"{port.Protocol.Word()} dport {port.Listen.Port} counter dnat {RuleWords.Ip(port.IsIPv6)} to {to}:{port.Inside.Port}\n");
        }

        return text.Append("    }\n\n    chain postrouting {\n        type nat hook postrouting priority srcnat; policy accept;\n")
            .Append(CultureInfo.InvariantCulture, $"        oifname \"{ifname}\" ct status dnat masquerade\n    }}\n\n").ToString();
    }

    /// <summary>Of a connection whose address was changed by the chains of nat; what state it may be in follows.</summary>
    private const string Allowed = "ct status dnat ct state";
}
