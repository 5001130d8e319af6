using System.Globalization;

namespace Wgns.Toml;

public sealed partial class TomlWriter
{
    /// <summary>Text; with a line feed in it, over lines.</summary>
    public TomlWriter Entry(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Raw(key, value.Contains('\n', StringComparison.Ordinal) ? TomlText.OverLines(value) : TomlText.OneLine(value));
    }

    public TomlWriter Entry(string key, long value) => Raw(key, Text(value));

    public TomlWriter Entry(string key, double value) => Raw(key, Text(value));

    public TomlWriter Entry(string key, bool value) => Raw(key, Text(value));

    /// <summary>An array of strings, over lines where it is long.</summary>
    public TomlWriter Entry(string key, IEnumerable<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Array(key, [.. values.Select(TomlText.OneLine)]);
    }

    /// <summary>
    /// Any node; a table becomes an inline one. Throws <see cref="ArgumentException"/> for a <see cref="TomlInvalid"/>.
    /// </summary>
    public TomlWriter Entry(string key, TomlNode value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value switch
        {
            TomlString s => Entry(key, s.Value),
            TomlArray array => Array(key, [.. array.Items.Select(Text)]),
            _ => Raw(key, Text(value)),
        };
    }

    private TomlWriter Array(string key, List<string> items)
    {
        var line = $"[{string.Join(", ", items)}]";
        return key.Length + line.Length <= MaxLine
            ? Raw(key, line)
            : Raw(key, $"[\n{string.Concat(items.Select(item => $"    {item},\n"))}]");
    }

    private TomlWriter Raw(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        FlushComments();
        _text.Append(TomlText.Key(key)).Append(" = ").Append(value).Append('\n');
        return this;
    }

    /// <summary>A value on one line.</summary>
    private static string Text(TomlNode node) => node switch
    {
        TomlString s => TomlText.OneLine(s.Value),
        TomlInteger i => Text(i.Value),
        TomlFloat f => Text(f.Value),
        TomlBoolean b => Text(b.Value),
        TomlOffsetDateTime d => $"{d.Date}T{d.Time}{Offset(d.OffsetMinutes)}",
        TomlLocalDateTime d => $"{d.Date}T{d.Time}",
        TomlLocalDate d => d.Value.ToString(),
        TomlLocalTime t => t.Value.ToString(),
        TomlArray a => $"[{string.Join(", ", a.Items.Select(Text))}]",
        TomlTable { Entries.Count: 0 } => "{}",
        TomlTable t => $"{{ {string.Join(", ", t.Entries.Select(e => $"{TomlText.Key(e.Key)} = {Text(e.Value)}"))} }}",
        _ => throw new ArgumentException($"{node.Describe()} cannot be written", nameof(node)),
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        // "R" leaves the point away from whole numbers, which would read back as integers.
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static string Offset(int minutes)
    {
        var (hours, rest) = Math.DivRem(Math.Abs(minutes), 60);
        return minutes == 0 ? "Z" : string.Create(CultureInfo.InvariantCulture, $"{(minutes < 0 ? '-' : '+')}{hours:D2}:{rest:D2}");
    }
}
