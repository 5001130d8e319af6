namespace Wgns.Firewall;

/// <summary>Looks for `monitor`, which never ends, not even in a dry run: whoever asks nft about it waits for ever.</summary>
internal static class RulesWaiting
{
    internal static IEnumerable<RulesCommand> In(string text)
    {
        var depth = 0;
        var (isStart, line) = (true, 0);
        foreach (var token in RulesTokens.Of(text))
        {
            // A command begins on a line of its own, after a semicolon, and after the brace that closes a block.
            if (depth == 0 && token.Text == "monitor" && (isStart || token.Line != line))
            {
                yield return new RulesCommand(token.Text, token.Line, token.Column);
            }

            depth += token.Text switch { "{" => 1, "}" => -1, _ => 0 };
            (isStart, line) = (token.Text is ";" or "}", token.Line);
        }
    }
}
