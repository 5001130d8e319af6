using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;

namespace Wgns.Observation;

/// <summary>Rules as nft lists them, without handles, counters and how long elements have yet: what drift is told by.</summary>
internal static class RulesReader
{
    /// <summary>One table of family inet; null where there is none.</summary>
    /// <exception cref="KernelException">EIO: it cannot be listed, whether or not it is there.</exception>
    internal static string? Table(Netns netns, string name) => Of(netns, $"inet {name}");

    /// <summary>All that there is, or, where that is not ours, table inet wgns alone: empty where there is none.</summary>
    /// <exception cref="KernelException">EIO: that cannot be listed.</exception>
    internal static string Rules(Netns netns, bool whole) =>
        whole ? OfWhole(NftNetns.List(netns.Fd, NftListing.Stateless)) : Of(netns, DefaultRuleset.Table) ?? string.Empty;

    /// <summary>All that there is, with what its counters have counted.</summary>
    /// <exception cref="KernelException">EIO: that cannot be listed.</exception>
    internal static string Counted(Netns netns) => OfWhole(NftNetns.List(netns.Fd));

    /// <summary>What nft's answer to `list table` means.</summary>
    internal static string? OfTable(string table, NftResult result) =>
        result.Succeeded ? result.Output
        : IsMissing(result) ? null
        : throw Refused($"table {table}", result);

    /// <summary>What nft's answer to `list ruleset` means: no rules are none only where it says so.</summary>
    internal static string OfWhole(NftResult result) => result.Succeeded ? result.Output : throw Refused("the ruleset", result);

    private static string? Of(Netns netns, string table) => OfTable(table, NftNetns.List(netns.Fd, NftListing.Stateless, $"table {table}"));

    // libnftables returns no error number, only the C library's words for it, and may go on with "; did you mean table …". What else
    // was not found (by a look at the whole ruleset, which goes before) is said with words in front of these.
    private static bool IsMissing(NftResult result) =>
        result.Errors is [{ Message: var words }] && (words == Errno.ENOENT.ToString() || words.StartsWith($"{Errno.ENOENT};", StringComparison.Ordinal));

    private static KernelException Refused(string what, NftResult result) => new($"list {what}: {result.ErrorText.Trim()}", Errno.EIO);
}
