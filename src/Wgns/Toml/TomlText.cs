using System.Globalization;
using System.Text;

namespace Wgns.Toml;

/// <summary>TOML's spelling of keys and text.</summary>
internal static class TomlText
{
    /// <summary>A key, in quotes only where it needs them.</summary>
    public static string Key(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : Basic(key);

    /// <summary>
    /// Text on one line: <c>'…'</c> where that saves escapes, else <c>"…"</c>.
    /// </summary>
    public static string OneLine(string value)
    {
        var gains = value.AsSpan().ContainsAny('"', '\\');
        return gains && !value.Contains('\'', StringComparison.Ordinal) && IsPlain(value) ? $"'{value}'" : Basic(value);
    }

    /// <summary>
    /// Text over lines, beginning on the line after the quotes: <c>'''</c> where the text can stand as it is, as
    /// rules with quotes in them can, else <c>"""</c> with escapes.
    /// </summary>
    public static string OverLines(string value)
    {
        // Quotes at the end would run into the closing ones.
        var literal = !value.Contains("'''", StringComparison.Ordinal) && !value.EndsWith('\'')
            && IsPlain(value.Replace("\n", "", StringComparison.Ordinal));
        return literal && value.AsSpan().ContainsAny('"', '\\') ? $"'''\n{value}'''" : $"\"\"\"\n{EscapeLines(value)}\"\"\"";
    }

    private static string Basic(string value) => $"\"{EscapeBasic(value)}\"";

    /// <summary>What may stand between the quotes of a basic string for <paramref name="value"/>.</summary>
    public static string EscapeBasic(string value)
    {
        var escaped = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            Append(escaped, c, EscapeOf(c));
        }

        return escaped.ToString();
    }

    /// <summary>As <see cref="EscapeBasic"/>, but line ends, tabs and most quotes stay.</summary>
    private static string EscapeLines(string value)
    {
        var escaped = new StringBuilder(value.Length + 8);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            var stays = c switch
            {
                '\n' or '\t' => true,
                '"' => i + 1 < value.Length && !(i >= 2 && value[i - 1] == '"' && value[i - 2] == '"'),
                _ => false,
            };
            Append(escaped, c, stays ? null : EscapeOf(c));
        }

        return escaped.ToString();
    }

    private static void Append(StringBuilder to, char c, string? escape)
    {
        if (escape is null)
        {
            to.Append(c);
        }
        else
        {
            to.Append(escape);
        }
    }

    /// <summary>Whether the text has no control character but the tab, which is what a literal string takes.</summary>
    private static bool IsPlain(string value) => value.All(c => c is '\t' or (>= ' ' and not '\x7F'));

    private static string? EscapeOf(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        < ' ' or '\x7F' => "\\u" + ((int)c).ToString("X4", CultureInfo.InvariantCulture),
        _ => null,
    };
}
