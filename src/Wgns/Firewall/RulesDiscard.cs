namespace Wgns.Firewall;

/// <summary>
/// Looks for what empties, deletes or switches off (`flags dormant`) the default table. A rules file for a whole machine begins with
/// `flush ruleset`, as nftables.conf does; loaded after the default rules, in their transaction, it leaves the namespace without them.
/// </summary>
public static class RulesDiscard
{
    public static IEnumerable<RulesCommand> In(string text, string table)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(table);
        return Find(RulesTokens.Of(text), table.Split(' '));
    }

    private static IEnumerable<RulesCommand> Find(List<RulesToken> tokens, string[] table)
    {
        var depth = 0;
        var isInside = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            depth += tokens[i].Text switch { "{" => 1, "}" => -1, _ => 0 };
            if (depth == 0 && Command(tokens, i, table) is { } words)
            {
                yield return new RulesCommand(string.Join(' ', words), tokens[i].Line, tokens[i].Column);
            }

            if (depth == 1 && tokens[i].Text == "{")
            {
                isInside = StartsWith(tokens, i - table.Length - 1, ["table", .. table]);
            }

            if (depth == 1 && isInside && IsDormant(tokens, i))
            {
                yield return new RulesCommand("flags dormant", tokens[i].Line, tokens[i].Column);
            }
        }
    }

    /// <summary>A statement ends at a semicolon or with its line; `flags persist, dormant` is one of several.</summary>
    private static bool IsDormant(List<RulesToken> tokens, int at) =>
        tokens[at].Text == "flags" && tokens.Skip(at).TakeWhile(t => t.Line == tokens[at].Line && t.Text is not (";" or "}")).Any(t => t.Text == "dormant");

    private static string[]? Command(List<RulesToken> tokens, int at, string[] table)
    {
        var verb = tokens[at].Text;
        string[][] commands = verb switch
        {
            "flush" => [["flush", "ruleset"], ["flush", "table", .. table]],
            // A handle may be any table's.
            "delete" or "destroy" => [[verb, "table", .. table], [verb, "table", table[0], "handle"], [verb, "table", "handle"]],
            _ => [],
        };

        // `flush ruleset ip` leaves tables of other families, and ours, alone.
        return Array.Find(commands, words =>
            StartsWith(tokens, at, words)
            && (words.Length != 2 || At(tokens, at + 2) is not ("ip" or "ip6" or "arp" or "bridge" or "netdev")));
    }

    private static bool StartsWith(List<RulesToken> tokens, int at, string[] words) => words.Index().All(w => At(tokens, at + w.Index) == w.Item);

    private static string At(List<RulesToken> tokens, int index) => index >= 0 && index < tokens.Count ? tokens[index].Text : string.Empty;
}
