using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;

namespace Wgns.Observation;

/// <summary>Rules as nft lists them, without handles, counters and how long elements have yet: what drift is told by.</summary>
internal static class RulesReader
{
    /// <summary>One table of family inet; null where there is none.</summary>
    internal static string? Table(Netns netns, string name) => Of(netns, $"inet {name}");

    /// <summary>All that there is, or, where that is not ours, table inet wgns alone: empty where there is none.</summary>
    /// <exception cref="KernelException">EIO: the <paramref name="whole"/> cannot be listed.</exception>
    internal static string Rules(Netns netns, bool whole) => whole ? Whole(netns) : Of(netns, DefaultRuleset.Table) ?? string.Empty;

    private static string Whole(Netns netns)
    {
        var result = NftNetns.List(netns.Fd, NftListing.Stateless);
        return result.Succeeded
            ? result.Output
            : throw new KernelException($"list the ruleset: {result.ErrorText.Trim()}", Errno.EIO);
    }

    private static string? Of(Netns netns, string table)
    {
        var result = NftNetns.List(netns.Fd, NftListing.Stateless, $"table {table}");
        return result.Succeeded ? result.Output : null;
    }
}
