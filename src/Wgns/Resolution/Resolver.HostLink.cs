using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Resolution;

/// <summary>The link to the host: numbers that are free on this machine, and what is published via it.</summary>
public sealed partial class Resolver
{
    private DesiredHostLink? HostLink(NamespaceConfig config, StateRecord? record, ImmutableArray<DesiredInterface> interfaces, List<Diagnostic> diagnostics)
    {
        if (config.HostLink is not { } link)
        {
            return null;
        }

        // The tunnel's own packets would go into the namespace. From another birthplace they go by its routes.
        Cidr[] endpoints = config.Birthplace is not null ? []
            : [.. interfaces.SelectMany(i => i.Device.Peers).Select(p => p.Address?.Address).OfType<IPAddress>().Select(Cidr.Of).Distinct()];

        // What the record has under another name is renamed: its network is no other's.
        string[] own = [link.HostInterface, .. (record?.HostLinks ?? []).Select(l => l.Name.HostIfname)];
        Cidr[] taken = [.. birthplace.NetworksBut(own), .. endpoints];
        var (host, inside) = (link.HostAddresses, link.NamespaceAddresses);
        if (host.IsEmpty && HostLinkNumbers.Of(config.Name, taken) is { } numbers)
        {
            (host, inside) = ([numbers.Host], [numbers.Namespace]);
        }
        else if (Problem(config, link, record, endpoints, taken) is { } problem)
        {
            diagnostics.Add(problem);
            if (problem.Severity == Severity.Error)
            {
                return null;
            }
        }

        var table = HostLinkConfig.TableOf(config.Name);
        var ports = LinkPorts.Of(config, inside, birthplace.Addresses);
        return new DesiredHostLink(
            new HostLinkName(link.HostInterface, link.NamespaceInterface, table),
            HostEndRules.Text(table, config.Name, link.HostInterface, host, inside, ports),
            host,
            inside)
        {
            ForwardsV4 = ports?.Links(v6: false) ?? [],
            ForwardsV6 = ports?.Links(v6: true) ?? [],
            Ports = [.. ports?.Ports.Select(p => new LinkPortRecord(p.Protocol, p.Listen)).Distinct() ?? []],
            Udp = [.. ports?.Ports.Where(p => p.Protocol == PublishProtocol.Udp) ?? []],
        };
    }

    /// <summary>What is wrong with its addresses on this machine; null where nothing is.</summary>
    private Diagnostic? Problem(NamespaceConfig config, HostLinkConfig link, StateRecord? record, Cidr[] endpoints, Cidr[] taken)
    {
        const string OwnNetwork = "give the hostLink a network of its own";
        var whole = SourceSpan.WholeOf(config.Source);
        var host = link.HostAddresses;
        if (host.IsEmpty)
        {
            return Diagnostic.Error(whole, $"no /30 of {HostLinkNumbers.Range} is free on this machine", "set hostAddresses and nsAddresses in [hostLink]");
        }

        // Only before there is one: of what was renamed or is to be moved, the plan makes a new one.
        if (record is null or { HostLinks.IsEmpty: true } && Twice(link) is ({ } address, { } ifname))
        {
            return Diagnostic.Error(whole, $"{address} of the hostLink is this machine's already, on {ifname}", OwnNetwork);
        }

        if (endpoints.Where(e => host.Any(h => h.Overlaps(e))).Select(e => (Cidr?)e).FirstOrDefault() is { } endpoint)
        {
            return Diagnostic.Error(
                whole, $"the endpoint {endpoint.Address} is in a network of the hostLink: the tunnel's own packets would go into the namespace", OwnNetwork);
        }

        return host.Where(h => !h.Address.IsIPv6LinkLocal && taken.Any(t => t.Overlaps(h))).Select(h => (Cidr?)h).FirstOrDefault() is { } twice
            ? Diagnostic.Warning(whole, $"this machine has a way to {twice.Masked()} already, beside the hostLink", OwnNetwork)
            : null;
    }

    /// <summary>An address of either end that another link of the machine has: each would take the other's packets.</summary>
    private (IPAddress Address, string Ifname)? Twice(HostLinkConfig link) => birthplace.Addresses
        .Where(a => a.Ifname != link.HostInterface && !a.Address.Address.IsIPv6LinkLocal)
        .Where(a => link.HostAddresses.Concat(link.NamespaceAddresses).Any(o => o.Address.Equals(a.Address.Address)))
        .Select(a => ((IPAddress, string)?)(a.Address.Address, a.Ifname)).FirstOrDefault();
}
