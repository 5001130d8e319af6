using System.Collections.Immutable;

namespace Wgns.Firewall;

/// <summary>A chain of nft text that no packet ever reaches.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-8 bytes, as nft counts.</param>
public sealed record UnreachedChain(string Name, int Line, int Column);

/// <summary>
/// Looks through nft text for chains without a hook that nothing jumps to. nft loads such a chain without a word, and
/// its rules do nothing: rules written for another tool's chain names would look as if they were in force.
/// </summary>
public static class RulesScan
{
    /// <param name="table">Family and name of the table whose chains have a hook already: that of the default ruleset.</param>
    /// <param name="hooked">Those chains.</param>
    public static ImmutableArray<UnreachedChain> UnreachedChains(string text, string table, IEnumerable<string> hooked)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(hooked);
        var walk = new RulesWalk(RulesTokens.Of(text));
        walk.Run();
        var reached = walk.Reached.Concat(hooked.Select(h => (table, h))).ToHashSet();

        // `jump $X` of an X that is nowhere defined may lead to any chain; nft will say what it thinks of it.
        return walk.JumpsAnywhere
            ? []
            :
            [
                .. walk.Defined
                    .Where(d => !reached.Contains((d.Table, d.Name.Text)))
                    .DistinctBy(d => (d.Table, d.Name.Text))
                    .Select(d => new UnreachedChain(d.Name.Text, d.Name.Line, d.Name.Column)),
            ];
    }
}
