using System.Collections.Immutable;

namespace Wgns.Systemd;

/// <summary>Reads what `systemctl show -p …` prints: KEY=VALUE, a line each, and a paragraph for each unit that was asked about.</summary>
internal static class UnitListing
{
    /// <summary>Of one unit: its properties, of which systemctl leaves out those that such a unit cannot have.</summary>
    internal static ImmutableDictionary<string, string> Properties(string shown) =>
        shown.Split('\n')
            .Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2 && parts[0].Length > 0)
            .GroupBy(parts => parts[0])
            .ToImmutableDictionary(said => said.Key, said => said.Last()[1]);

    /// <summary>Of several, in their order.</summary>
    internal static ImmutableArray<ImmutableDictionary<string, string>> Units(string shown) =>
        [.. shown.Split("\n\n").Select(Properties).Where(unit => !unit.IsEmpty)];
}
