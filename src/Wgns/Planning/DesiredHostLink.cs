using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The pair that there is to be between the host and the namespace.</summary>
/// <param name="Rules">The host's table for it, whole.</param>
public sealed record DesiredHostLink(HostLinkName Name, string Rules, ImmutableArray<Cidr> HostAddresses, ImmutableArray<Cidr> NamespaceAddresses);
