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
    private static readonly HashSet<string> Families = ["ip", "ip6", "inet", "arp", "bridge", "netdev"];

    /// <param name="hooked">Chains that have a hook already: those of the default ruleset.</param>
    public static ImmutableArray<UnreachedChain> UnreachedChains(string text, IEnumerable<string> hooked)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = RulesTokens.Of(text);
        var withHook = new HashSet<string>(hooked);
        var reached = new HashSet<string>();
        var defined = new List<RulesToken>();
        RulesToken? current = null;
        var depth = 0;
        var chainDepth = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var next = i + 1 < tokens.Count ? tokens[i + 1] : default;
            switch (tokens[i].Text)
            {
                case "{":
                    depth++;
                    break;
                case "}":
                    depth--;
                    current = depth < chainDepth ? null : current;
                    break;
                case "jump" or "goto":
                    reached.Add(next.Text ?? string.Empty);
                    break;
                case "hook" when current is { } chain:
                    withHook.Add(chain.Text);
                    break;
                case "chain" when IsDefinition(tokens, i):
                    current = NameAt(tokens, i);
                    if (current is { } found)
                    {
                        defined.Add(found);
                        chainDepth = depth + 1;
                    }

                    break;
                default:
                    break;
            }
        }

        return
        [
            .. defined
                .Where(d => !withHook.Contains(d.Text) && !reached.Contains(d.Text))
                .DistinctBy(d => d.Text)
                .Select(d => new UnreachedChain(d.Text, d.Line, d.Column)),
        ];
    }

    /// <summary>"chain x {" in a table, "add chain inet t x", but neither "delete chain …" nor "flush chain …".</summary>
    private static bool IsDefinition(List<RulesToken> tokens, int at) =>
        at == 0 || tokens[at - 1].Text is not ("delete" or "destroy" or "flush" or "list" or "rename" or "reset");

    private static RulesToken? NameAt(List<RulesToken> tokens, int at)
    {
        var name = at + 1;
        if (name < tokens.Count && Families.Contains(tokens[name].Text)
            && name + 1 < tokens.Count && tokens[name + 1].Text is not ("{" or ";"))
        {
            name += 2;
        }
        else if (name + 1 < tokens.Count && tokens[name + 1].Text is not ("{" or ";" or "}")
            && tokens[name].Line == tokens[name + 1].Line && at > 0 && tokens[at - 1].Text is "add" or "create")
        {
            // "add chain t x": the family is left out.
            name++;
        }

        return name < tokens.Count && tokens[name].Text is not ("{" or "}" or ";") ? tokens[name] : null;
    }
}
