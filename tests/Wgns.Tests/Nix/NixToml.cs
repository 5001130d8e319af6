using System.Text.Json;
using System.Text.Json.Nodes;
using Wgns.Configuration;
using Wgns.Tests.Configuration;
using Wgns.Toml;

namespace Wgns.Tests.Nix;

/// <summary>The TOML that pkgs.formats.toml makes of a value, which needs a build.</summary>
internal static class NixToml
{
    internal static string Text(JsonObject value)
    {
        var writer = new TomlWriter();
        Write(writer, value, []);
        return writer.ToString();
    }

    /// <summary>As it would be read from its place below /etc.</summary>
    internal static ReadResult Read(string file, JsonObject value) => Configuration.Read.Text(Text(value), "/etc/" + file);

    /// <summary>Every file of a case that is a configuration, by its name below /etc.</summary>
    internal static IEnumerable<(string File, JsonObject Value)> Files(JsonNode result) =>
        result["toml"]!.AsObject().Select(file => (file.Key, file.Value!.AsObject()));

    private static void Write(TomlWriter writer, JsonObject table, string[] path)
    {
        foreach (var (key, value) in table.Where(entry => !IsTables(entry.Value)))
        {
            _ = value switch
            {
                JsonArray list => writer.Entry(key, [.. list.Select(item => item!.GetValue<string>())]),
                JsonValue text when text.GetValueKind() == JsonValueKind.String => writer.Entry(key, text.GetValue<string>()),
                JsonValue number when number.GetValueKind() == JsonValueKind.Number => writer.Entry(key, number.GetValue<long>()),
                JsonValue boolean => writer.Entry(key, boolean.GetValue<bool>()),
                _ => throw new InvalidDataException($"{key} is {value?.ToJsonString() ?? "null"}, which is no value of TOML here"),
            };
        }

        foreach (var (key, value) in table.Where(entry => IsTables(entry.Value)))
        {
            string[] inner = [.. path, key];
            if (value is JsonObject one)
            {
                writer.TableHeader(inner);
                Write(writer, one, inner);
                continue;
            }

            foreach (var item in value!.AsArray())
            {
                writer.ArrayOfTablesHeader(inner);
                Write(writer, item!.AsObject(), inner);
            }
        }
    }

    private static bool IsTables(JsonNode? value) => value is JsonObject || (value is JsonArray { Count: > 0 } list && list[0] is JsonObject);
}
