using System.Globalization;
using System.Text;

namespace Wgns.Toml;

/// <summary>TOML's spelling of text.</summary>
internal static class TomlText
{
    /// <summary>What may stand between the quotes of a basic string for <paramref name="value"/>.</summary>
    public static string EscapeBasic(string value)
    {
        StringBuilder? escaped = null;
        for (var i = 0; i < value.Length; i++)
        {
            var escape = EscapeOf(value[i]);
            if (escape is null)
            {
                escaped?.Append(value[i]);
            }
            else
            {
                (escaped ??= new StringBuilder(value, 0, i, value.Length + 8)).Append(escape);
            }
        }

        return escaped?.ToString() ?? value;
    }

    /// <summary>The escape of a character that cannot stand for itself in a basic string, else null.</summary>
    public static string? EscapeOf(char c) => c switch
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
