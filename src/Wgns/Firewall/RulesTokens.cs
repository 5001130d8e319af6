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
        var (line, lineStart) = (1, 0);
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            switch (text[at])
            {
                case '\n':
                    at++;
                    (line, lineStart) = (line + 1, at);
                    break;
                case '#':
                    at = End(text, '\n', at);
                    break;
                case '"':
                    // nft's strings go on over lines.
                    at = Math.Min(End(text, '"', at + 1) + 1, text.Length);
                    var inside = text.AsSpan(start, at - start);
                    (line, lineStart) = (line + inside.Count('\n'), inside.LastIndexOf('\n') is >= 0 and var last ? start + last + 1 : lineStart);
                    break;
                case var c when IsMark(c):
                    at++;
                    if (c is '{' or '}' or ';')
                    {
                        tokens.Add(Token(text, lineStart, start, at, line));
                    }

                    break;
                default:
                    while (at < text.Length && !IsMark(text[at]) && text[at] is not ('"' or '#'))
                    {
                        at++;
                    }

                    tokens.Add(Token(text, lineStart, start, at, line));
                    break;
            }
        }

        return tokens;
    }

    /// <summary>Where commands begin: nft ends one at a line's end, at a semicolon and after the brace that closes its block.</summary>
    internal static IEnumerable<int> Commands(List<RulesToken> tokens)
    {
        var (depth, line) = (0, 0);
        var isStart = true;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (depth == 0 && (isStart || token.Line != line) && token.Text is not (";" or "{" or "}"))
            {
                yield return i;
            }

            depth += token.Text switch { "{" => 1, "}" => -1, _ => 0 };
            (isStart, line) = (token.Text is ";" or "}", token.Line);
        }
    }

    private static int End(string text, char mark, int from) =>
        text.IndexOf(mark, from) is >= 0 and var found ? found : text.Length;

    private static bool IsMark(char c) => char.IsWhiteSpace(c) || c is '{' or '}' or ';' or ',' or ':' or '(' or ')' or '=' or '\\';

    private static RulesToken Token(string text, int lineStart, int start, int end, int line) =>
        new(text[start..end], line, Encoding.UTF8.GetByteCount(text.AsSpan(lineStart, start - lineStart)) + 1);
}
