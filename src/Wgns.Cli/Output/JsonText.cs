using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Wgns.Cli.Output;

/// <summary>What every `--json` prints.</summary>
internal static class JsonText
{
    // The default is for a page of HTML: there a + becomes \u002B, and half of all keys has one. Control characters stay escaped.
    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    internal static string Of<T>(T document, JsonTypeInfo<T> type)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Written))
        {
            JsonSerializer.Serialize(writer, document, type);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
