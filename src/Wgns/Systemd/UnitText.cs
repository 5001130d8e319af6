using System.Text;

namespace Wgns.Systemd;

/// <summary>Values as unit files take them (systemd.syntax(7), systemd.unit(5) "Specifiers").</summary>
public static class UnitText
{
    /// <summary>
    /// A path in a list of paths, such as BindPaths=: "%" would be a specifier, ":" would end it, a space too. There a
    /// backslash stands for whatever follows it, and "\x20" would be "x20" (extract_first_word() without CUNESCAPE).
    /// </summary>
    /// <exception cref="ArgumentException">A control character: no unit holds one.</exception>
    public static string Path(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var text = new StringBuilder();
        foreach (var c in path)
        {
            if (char.IsControl(c))
            {
                throw new ArgumentException("a path with a control character cannot stand in a unit", nameof(path));
            }

            text.Append(c switch
            {
                '%' => "%%",
                ' ' or '"' or '\'' or ':' or '\\' => $"\\{c}",
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }

    /// <summary>One word of a command line (systemd.service(5) "COMMAND LINES"): "%" and "$" stand for themselves.</summary>
    public static string Word(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        var text = new StringBuilder();
        foreach (var c in word)
        {
            text.Append(c switch
            {
                '%' => "%%",
                '$' => "$$",
                ' ' => @"\x20",
                '"' => @"\x22",
                '\'' => @"\x27",
                ';' => @"\x3b",
                '\\' => @"\\",
                _ when char.IsControl(c) => throw new ArgumentException("a word with a control character cannot stand in a unit", nameof(word)),
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }
}
