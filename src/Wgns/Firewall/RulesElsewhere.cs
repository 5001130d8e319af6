namespace Wgns.Firewall;

/// <summary>
/// Looks for what would stay behind in a namespace that wgns does not own: of its rules one table is taken away, and anything else
/// would be loaded once more with each reload.
/// </summary>
public static class RulesElsewhere
{
    private static readonly string[] Verbs = ["add", "create", "insert", "replace"];

    public static IEnumerable<RulesCommand> In(string text, string table)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(table);
        return Find(RulesTokens.Of(text), table.Split(' '));
    }

    private static IEnumerable<RulesCommand> Find(List<RulesToken> tokens, string[] table)
    {
        var depth = 0;
        var isStart = true;
        var line = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];

            // nft ends a command at a line's end, at a semicolon and after the brace that closes its block.
            if (depth == 0 && (isStart || token.Line != line) && token.Text is not (";" or "{" or "}") && !IsOfTable(tokens, i, table))
            {
                var words = tokens.Skip(i).TakeWhile(t => t.Line == token.Line && t.Text is not ("{" or "}" or ";")).Take(4);
                yield return new RulesCommand(string.Join(' ', words.Select(t => t.Text)), token.Line, token.Column);
            }

            depth += token.Text switch { "{" => 1, "}" => -1, _ => 0 };
            isStart = depth == 0 && token.Text is ";" or "}";
            line = token.Line;
        }
    }

    /// <summary>"add rule inet wgns …", "table inet wgns", a definition.</summary>
    private static bool IsOfTable(List<RulesToken> tokens, int at, string[] table)
    {
        if (tokens[at].Text == "define")
        {
            return true;
        }

        var what = Verbs.Contains(tokens[at].Text) ? at + 1 : at;
        return what + 2 < tokens.Count && tokens[what].Text is not "include" && tokens[what + 1].Text == table[0] && tokens[what + 2].Text == table[1];
    }
}
