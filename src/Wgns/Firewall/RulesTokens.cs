using System.Text;

namespace Wgns.Firewall;

/// <summary>A word or a mark of nft text and where it stands, both from 1; columns in UTF-8 bytes.</summary>
internal readonly record struct RulesToken(string Text, int Line, int Column);

/// <summary>Cuts nft text into words, braces and semicolons; comments and quoted strings hold no words.</summary>
internal static class RulesTokens
{
    internal static List<RulesToken> Of(string text)
    {
        var tokens = new List<RulesToken>();
        var line = 1;
        foreach (var content in text.Split('\n'))
        {
            Scan(content, line++, tokens);
        }

        return tokens;
    }

    private static void Scan(string line, int number, List<RulesToken> tokens)
    {
        var at = 0;
        while (at < line.Length)
        {
            var c = line[at];
            if (c == '#')
            {
                return;
            }

            var start = at;
            if (c == '"')
            {
                var end = line.IndexOf('"', at + 1);
                at = end < 0 ? line.Length : end + 1;
            }
            else if (IsMark(c))
            {
                at++;
                if (c is '{' or '}' or ';')
                {
                    tokens.Add(Token(line, start, at, number));
                }
            }
            else
            {
                while (at < line.Length && !IsMark(line[at]) && line[at] is not ('"' or '#'))
                {
                    at++;
                }

                tokens.Add(Token(line, start, at, number));
            }
        }
    }

    private static bool IsMark(char c) => char.IsWhiteSpace(c) || c is '{' or '}' or ';' or ',' or ':' or '(' or ')' or '=' or '\\';

    private static RulesToken Token(string line, int start, int end, int number) =>
        new(line[start..end], number, Encoding.UTF8.GetByteCount(line.AsSpan(0, start)) + 1);
}
