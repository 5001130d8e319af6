using System.Collections.Immutable;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The pair that there is to be between the host and the namespace.</summary>
/// <param name="Rules">The host's table for it, whole.</param>
public sealed record DesiredHostLink(HostLinkName Name, string Rules, ImmutableArray<Cidr> HostAddresses, ImmutableArray<Cidr> NamespaceAddresses)
{
    /// <summary>Links of the host from which IPv4 is to be forwarded by this one; empty where nothing is.</summary>
    public ImmutableArray<string> ForwardsV4 { get; init; } = [];

    /// <summary>The same of IPv6.</summary>
    public ImmutableArray<string> ForwardsV6 { get; init; } = [];

    /// <summary>What is forwarded.</summary>
    public ImmutableArray<LinkPortRecord> Ports { get; init; } = [];

    /// <summary>Those of UDP, with what they lead to.</summary>
    public ImmutableArray<LinkPort> Udp { get; init; } = [];
}
