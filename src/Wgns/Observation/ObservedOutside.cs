using System.Collections.Immutable;

namespace Wgns.Observation;

/// <summary>What a host link is told by.</summary>
/// <param name="HostIfname">The host's end.</param>
/// <param name="Ifname">The end inside.</param>
/// <param name="Table">The host's nftables table for it, of family inet.</param>
public sealed record HostLinkName(string HostIfname, string Ifname, string Table);

/// <summary>What of host links stands on the host, as far as it was asked for.</summary>
/// <param name="Links">Ends, and whatever else has the name of one.</param>
/// <param name="Tables">nft's stateless listing of each table that is there.</param>
public sealed record ObservedOutside(ImmutableArray<ObservedLink> Links, ImmutableDictionary<string, string> Tables)
{
    public static readonly ObservedOutside Nothing = new([], ImmutableDictionary<string, string>.Empty);

    public ObservedLink? Link(string ifname) => Links.FirstOrDefault(l => l.Ifname == ifname);
}
