namespace Wgns.Firewall;

/// <summary>Looks for `monitor`, which never ends, not even in a dry run: whoever asks nft about it waits for ever.</summary>
internal static class RulesWaiting
{
    internal static IEnumerable<RulesCommand> In(string text)
    {
        var tokens = RulesTokens.Of(text);
        return RulesTokens.Commands(tokens).Select(i => tokens[i]).Where(t => t.Text == "monitor").Select(t => new RulesCommand(t.Text, t.Line, t.Column));
    }
}
