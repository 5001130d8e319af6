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
        foreach (var i in RulesTokens.Commands(tokens).Where(i => !IsOfTable(tokens, i, table)))
        {
            var words = tokens.Skip(i).TakeWhile(t => t.Line == tokens[i].Line && t.Text is not ("{" or "}" or ";")).Take(4);
            yield return new RulesCommand(string.Join(' ', words.Select(t => t.Text)), tokens[i].Line, tokens[i].Column);
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
