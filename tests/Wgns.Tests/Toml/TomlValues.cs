using Wgns.Toml;

namespace Wgns.Tests.Toml;

/// <summary>Walks over documents for tests.</summary>
internal static class TomlValues
{
    /// <summary>The same types and values; tables regardless of their entries' order.</summary>
    public static bool Same(TomlNode a, TomlNode b) => (a, b) switch
    {
        (TomlString x, TomlString y) => x.Value == y.Value,
        (TomlInteger x, TomlInteger y) => x.Value == y.Value,
        (TomlFloat x, TomlFloat y) => x.Value.Equals(y.Value),
        (TomlBoolean x, TomlBoolean y) => x.Value == y.Value,
        (TomlOffsetDateTime x, TomlOffsetDateTime y) =>
            (x.Date, x.Time, x.OffsetMinutes) == (y.Date, y.Time, y.OffsetMinutes),
        (TomlLocalDateTime x, TomlLocalDateTime y) => (x.Date, x.Time) == (y.Date, y.Time),
        (TomlLocalDate x, TomlLocalDate y) => x.Value == y.Value,
        (TomlLocalTime x, TomlLocalTime y) => x.Value == y.Value,
        (TomlArray x, TomlArray y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items, Same).All(same => same),
        (TomlTable x, TomlTable y) => x.Entries.Count == y.Entries.Count
            && x.Entries.All(entry => y.Get(entry.Key) is { } other && Same(entry.Value, other)),
        _ => false,
    };

    /// <summary>A node and everything below it.</summary>
    public static IEnumerable<TomlNode> All(TomlNode node) => node switch
    {
        TomlArray array => array.Items.SelectMany(All).Prepend(node),
        TomlTable table => table.Entries.SelectMany(entry => All(entry.Value)).Prepend(node),
        _ => [node],
    };
}
