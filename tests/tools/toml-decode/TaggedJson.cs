using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Wgns.Toml;

namespace Wgns.TomlDecode;

/// <summary>
/// The form of the public suite https://github.com/toml-lang/toml-test: tables are objects, arrays arrays, and every
/// other value an object with its type and its text.
/// </summary>
public static class TaggedJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        MaxDepth = 1000,
        // For people who read the corpus; the output is never put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(TomlTable root)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            Write(json, root);
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, TomlNode node)
    {
        switch (node)
        {
            case TomlTable table:
                json.WriteStartObject();
                foreach (var entry in table.Entries)
                {
                    json.WritePropertyName(entry.Key);
                    Write(json, entry.Value);
                }

                json.WriteEndObject();
                break;
            case TomlArray array:
                json.WriteStartArray();
                foreach (var item in array.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                var (type, value) = Tag(node);
                json.WriteStartObject();
                json.WriteString("type", type);
                json.WriteString("value", value);
                json.WriteEndObject();
                break;
        }
    }

    private static (string Type, string Value) Tag(TomlNode node) => node switch
    {
        TomlString s => ("string", s.Value),
        TomlInteger i => ("integer", i.Value.ToString(CultureInfo.InvariantCulture)),
        TomlFloat f => ("float", Float(f.Value)),
        TomlBoolean b => ("bool", b.Value ? "true" : "false"),
        TomlOffsetDateTime d => ("datetime", $"{d.Date}T{d.Time}{Offset(d.OffsetMinutes)}"),
        TomlLocalDateTime d => ("datetime-local", $"{d.Date}T{d.Time}"),
        TomlLocalDate d => ("date-local", d.Value.ToString()),
        TomlLocalTime t => ("time-local", t.Value.ToString()),
        _ => throw new ArgumentException($"{node.Describe()} has no tag", nameof(node)),
    };

    private static string Float(double value) =>
        double.IsNaN(value) ? "nan"
        : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Offset(int minutes)
    {
        if (minutes == 0)
        {
            return "Z";
        }

        var (hours, rest) = Math.DivRem(Math.Abs(minutes), 60);
        return string.Create(CultureInfo.InvariantCulture, $"{(minutes < 0 ? '-' : '+')}{hours:D2}:{rest:D2}");
    }
}
