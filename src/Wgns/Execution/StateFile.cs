using System.Text.Json;
using System.Text.Json.Serialization;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Execution;

/// <summary>The JSON of a state record, generated at compile time for native builds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StateRecord))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>Text to record and back.</summary>
public static class StateFile
{
    public static byte[] Encode(StateRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, StateJson.Default.StateRecord);

    /// <summary>Throws <see cref="OperationFailedException"/>, with a cure, on what is not a record of this version.</summary>
    public static StateRecord Decode(ReadOnlySpan<byte> json, string path)
    {
        StateRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(json, StateJson.Default.StateRecord);
        }
        catch (JsonException e)
        {
            throw new OperationFailedException($"{path} is damaged ({e.Message}); {Cure(path)}");
        }

        if (record?.Version > StateRecord.CurrentVersion)
        {
            throw new OperationFailedException(
                $"{path} was written by a newer wgns (format {record.Version}, this one knows {StateRecord.CurrentVersion}); use that one");
        }

        return record is not null && IsWhole(record)
            ? record
            : throw new OperationFailedException($"{path} is damaged (it is incomplete); {Cure(path)}");
    }

    // The generated reader leaves what a file does not say at its type's zero, and looks into no list.
    private static bool IsWhole(StateRecord record) =>
        record.Version >= 1
        && record is { Namespace: not null, Config: not null }
        && record.Netns != default(NetnsIdentity)
        && record is { Interfaces.IsDefault: false, Files.IsDefault: false, Directories.IsDefault: false }
        && record.Interfaces.All(i => i is not null)
        && record.Files.Concat(record.Directories).All(f => f is not null);

    private static string Cure(string path) =>
        $"look at what is left (ip netns, wg show), then remove {path} and run `wgns up --adopt`";
}
