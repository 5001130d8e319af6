using System.Buffers;
using System.Text.Json;
using Wgns.Observation;

namespace Wgns.Execution;

/// <summary>Text to record and back.</summary>
/// <remarks>
/// By hand: the serializer builds its tables of types anew in each process, a millisecond that `wgns exec` has not.
/// </remarks>
public static class StateFile
{
    public static byte[] Encode(StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            StateWriter.Write(writer, record);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Throws <see cref="OperationFailedException"/>, with a cure, on what is not a record of this version.</summary>
    public static StateRecord Decode(ReadOnlyMemory<byte> json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var version = StateReader.Version(document.RootElement);
            return version <= StateRecord.CurrentVersion
                ? StateReader.Read(document.RootElement)
                : throw new OperationFailedException(
                    $"{path} was written by a newer wgns (format {version}, this one knows {StateRecord.CurrentVersion}); use that one");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter comes late, from looking at a name or a text with half of a surrogate pair: "\ud800".
            throw new OperationFailedException(
                $"{path} is damaged ({e.Message}); look at what is left (ip netns, wg show), then remove {path} and run `wgns up --adopt`");
        }
    }
}
