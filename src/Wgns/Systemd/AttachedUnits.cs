using System.Collections.Immutable;

namespace Wgns.Systemd;

/// <summary>A unit that is attached to a namespace.</summary>
/// <param name="Unit">Its whole name.</param>
/// <param name="State">systemd's ActiveState: "active", "inactive", "failed", …; "unknown" where systemd did not say.</param>
public sealed record AttachedUnit(string Unit, string State);

/// <summary>
/// The units that go with a namespace: those that wgns wrote files for, and those that are bound to its unit by other hands
/// (systemd knows of these as long as they are loaded).
/// </summary>
public static class AttachedUnits
{
    public static ImmutableArray<AttachedUnit> Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var written = new UnitFiles().List(name).Select(f => f.Attached);
        if (!Systemctl.IsThere)
        {
            return With([.. written], string.Empty);
        }

        try
        {
            var bound = Systemctl.Do("show", "-P", "BoundBy", "--", UnitName.NetnsOf(name)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            ImmutableArray<string> units =
            [
                .. written.Concat(bound).Distinct().Order(StringComparer.Ordinal)
                    .Where(u => u != UnitName.TunnelOf(name) && u != UnitName.EtcOf(name)),
            ];
            return units.IsEmpty ? [] : With(units, Systemctl.Do(["show", "-p", "Id,ActiveState", "--", .. units]));
        }
        catch (OperationFailedException)
        {
            // Status is asked for when something is wrong, and must not end with systemd's silence: "unknown" says it.
            return With([.. written], string.Empty);
        }
    }

    /// <param name="shown">What `systemctl show -p Id,ActiveState` prints: a paragraph a unit.</param>
    internal static ImmutableArray<AttachedUnit> With(ImmutableArray<string> units, string shown)
    {
        var states = shown.Split("\n\n")
            .Select(paragraph => paragraph.Split('\n').Select(line => line.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]))
            .Where(p => p.ContainsKey("Id"))
            .DistinctBy(p => p["Id"])
            .ToDictionary(p => p["Id"], p => p.GetValueOrDefault("ActiveState", "unknown"));
        return [.. units.Distinct().Order(StringComparer.Ordinal).Select(u => new AttachedUnit(u, states.GetValueOrDefault(u, "unknown")))];
    }
}
