using System.Text;

namespace Wgns.Toml;

/// <summary>
/// Writes a TOML 1.0 document from top to bottom: comments, entries and headers come out in the order of the calls.
/// </summary>
/// <example><code>
/// var text = new TomlWriter()
///     .Comment("imported from wg0.conf")
///     .Entry("ips", ["10.0.0.2/32"])
///     .ArrayOfTablesHeader("peers")
///     .Entry("publicKey", key)
///     .ToString();
/// </code></example>
public sealed partial class TomlWriter
{
    /// <summary>An array longer than this many characters gets a line for each element.</summary>
    private const int MaxLine = 100;

    private readonly StringBuilder _text = new();

    /// <summary>Comment lines that belong to what comes next.</summary>
    private readonly List<string> _comments = [];

    /// <summary>
    /// Comment lines right before the next entry or header, or on their own before a <see cref="BlankLine"/>. Each
    /// line of <paramref name="text"/> gets its own #; control characters, which no comment may have, become U+FFFD.
    /// </summary>
    public TomlWriter Comment(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var shown = string.Concat(line.Select(c => c is '\t' or (>= ' ' and not '\x7F') ? c : '\uFFFD'));
            _comments.Add(shown.Length == 0 ? "#" : $"# {shown}");
        }

        return this;
    }

    /// <summary>Sets a group of entries apart. Never two in a row, none at the beginning.</summary>
    public TomlWriter BlankLine()
    {
        FlushComments();
        EndGroup();
        return this;
    }

    /// <summary><c>[path]</c>, with a blank line before it.</summary>
    public TomlWriter TableHeader(params IReadOnlyList<string> path) => Header("[", path, "]");

    /// <summary><c>[[path]]</c>, with a blank line before it.</summary>
    public TomlWriter ArrayOfTablesHeader(params IReadOnlyList<string> path) => Header("[[", path, "]]");

    /// <summary>
    /// The document, ending in a line feed unless it is empty. Throws <see cref="InvalidOperationException"/> where the
    /// calls were in no valid order, such as one key twice: the reader is asked, so that there is one set of rules.
    /// Throws <see cref="EncoderFallbackException"/> where a text has a lone surrogate, which no UTF-8 can hold.
    /// </summary>
    public override string ToString()
    {
        FlushComments();
        var text = _text.ToString().TrimEnd('\n');
        text = text.Length == 0 ? text : text + "\n";
        var check = TomlDocument.Parse(new UTF8Encoding(false, true).GetBytes(text), "output");
        return check.Diagnostics.Count == 0
            ? text
            : throw new InvalidOperationException($"the calls to the writer make no TOML: {check.Diagnostics[0]}");
    }

    /// <summary>A whole table as a document, without comments: values first, then its tables below headers.</summary>
    public static string Write(TomlTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var writer = new TomlWriter();
        writer.Body(table, []);
        return writer.ToString();
    }

    private void Body(TomlTable table, List<string> path)
    {
        foreach (var entry in table.Entries.Where(e => !HasHeader(e.Value)))
        {
            Entry(entry.Key, entry.Value);
        }

        foreach (var entry in table.Entries.Where(e => HasHeader(e.Value)))
        {
            path.Add(entry.Key);
            switch (entry.Value)
            {
                case TomlArray array:
                    foreach (var element in array.Items.Cast<TomlTable>())
                    {
                        ArrayOfTablesHeader(path);
                        Body(element, path);
                    }

                    break;
                case TomlTable inner:
                    // One that only holds tables is named by their headers.
                    if (inner.Entries.Count == 0 || inner.Entries.Any(e => !HasHeader(e.Value)))
                    {
                        TableHeader(path);
                    }

                    Body(inner, path);
                    break;
            }

            path.RemoveAt(path.Count - 1);
        }
    }

    private static bool HasHeader(TomlNode value) =>
        value is TomlTable { Origin: not TomlTableOrigin.Inline } or TomlArray { IsArrayOfTables: true };

    private TomlWriter Header(string open, IReadOnlyList<string> path, string close)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentOutOfRangeException.ThrowIfZero(path.Count, nameof(path));
        EndGroup();
        FlushComments();
        _text.Append(open).AppendJoin('.', path.Select(TomlText.Key)).Append(close).Append('\n');
        return this;
    }

    private void EndGroup()
    {
        if (_text.Length > 0 && !(_text.Length > 1 && _text[^1] == '\n' && _text[^2] == '\n'))
        {
            _text.Append('\n');
        }
    }

    private void FlushComments()
    {
        foreach (var line in _comments)
        {
            _text.Append(line).Append('\n');
        }

        _comments.Clear();
    }
}
