using System.Text.Json.Nodes;

namespace Wgns.Tests.Nix;

/// <summary>tests/nix/verdicts.json: values of options and keys, good and bad.</summary>
internal static class Verdicts
{
    private static readonly JsonNode All = JsonNode.Parse(File.ReadAllText(Path.Combine(NixEvaluation.Repository, "tests/nix/verdicts.json")))!;

    internal static JsonArray Tables => All["tables"]!.AsArray();

    /// <summary>A table's number, and "good" or "bad".</summary>
    internal static IEnumerable<TestCaseData> Columns() =>
        from i in Enumerable.Range(0, Tables.Count)
        from verdict in new[] { "good", "bad" }
        select new TestCaseData(i, verdict).SetArgDisplayNames($"{i} {Tables[i]!["of"]} {Tables[i]!["key"]}", verdict);

    /// <summary>Every text in it.</summary>
    internal static IEnumerable<string> Strings() => Strings(All);

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(Strings),
        JsonObject table => table.SelectMany(entry => Strings(entry.Value)),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    /// <summary>The table's configuration with one value in its place.</summary>
    internal static JsonObject Settings(JsonNode table, JsonNode value)
    {
        var settings = All["base"]!.DeepClone().AsObject();
        var place = table["of"]!.GetValue<string>() switch
        {
            "namespace" => settings,
            "peer" => settings["peers"]![0]!.AsObject(),
            "publish" => In(settings, "publish", one => new JsonArray(one)),
            "hostLink" => In(settings, "hostLink", one => one),
            var other => throw new InvalidDataException(other),
        };
        var inList = table["inList"]?.GetValue<bool>() ?? false;
        var more = table["key"] is { } key
            ? new JsonObject { [key.GetValue<string>()] = inList ? new JsonArray(value.DeepClone()) : value.DeepClone() }
            : value.AsObject();
        foreach (var (name, one) in more)
        {
            place[name] = one!.DeepClone();
        }

        return settings;
    }

    private static JsonObject In(JsonObject settings, string key, Func<JsonObject, JsonNode> wrap)
    {
        var one = new JsonObject();
        settings[key] = wrap(one);
        return one;
    }
}
