using System.Collections.Immutable;

namespace Wgns.Observation;

/// <summary>What a host link is told by.</summary>
/// <param name="HostIfname">The host's end.</param>
/// <param name="Ifname">The end inside.</param>
/// <param name="Table">The host's nftables table for it, of family inet.</param>
public sealed record HostLinkName(string HostIfname, string Ifname, string Table);

/// <summary>Another namespace whose table stands on this host, with what of the host's it uses.</summary>
/// <param name="HostIfnames">Its own links' ends.</param>
/// <param name="Forwarding">Keys of /proc/sys that were off before namespaces had need of them.</param>
public sealed record LinkNeighbour(
    string Name, ImmutableArray<string> HostIfnames, ImmutableArray<string> Forwarding, ImmutableArray<LinkPortRecord> Ports);

/// <summary>What of host links stands on the host, as far as it was asked for.</summary>
/// <param name="Links">Ends, and whatever else has the name of one.</param>
/// <param name="Tables">nft's stateless listing of each table that is there.</param>
public sealed record ObservedOutside(ImmutableArray<ObservedLink> Links, ImmutableDictionary<string, string> Tables)
{
    public static readonly ObservedOutside Nothing = new([], ImmutableDictionary<string, string>.Empty);

    /// <summary>Values of /proc/sys that forwarding by the link goes by; one that the kernel does not have is absent.</summary>
    public ImmutableDictionary<string, string> Sysctls { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Other namespaces that publish via links to this host.</summary>
    public ImmutableArray<LinkNeighbour> Neighbours { get; init; } = [];

    public ObservedLink? Link(string ifname) => Links.FirstOrDefault(l => l.Ifname == ifname);
}
