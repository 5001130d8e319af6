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
            return With([.. written], []);
        }

        try
        {
            var bound = Systemctl.Show(UnitName.NetnsOf(name), "BoundBy").GetValueOrDefault("BoundBy", string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ImmutableArray<string> units =
            [
                .. written.Concat(bound).Distinct().Order(StringComparer.Ordinal)
                    .Where(u => u != UnitName.TunnelOf(name) && u != UnitName.EtcOf(name)),
            ];
            return units.IsEmpty ? [] : With(units, Systemctl.ShowEach(units, "Id", "ActiveState"));
        }
        catch (OperationFailedException)
        {
            // Status is asked for when something is wrong, and must not end with systemd's silence: "unknown" says it.
            return With([.. written], []);
        }
    }

    /// <param name="shown">What systemd says of each: Id, ActiveState.</param>
    internal static ImmutableArray<AttachedUnit> With(ImmutableArray<string> units, ImmutableArray<ImmutableDictionary<string, string>> shown)
    {
        var states = shown
            .Where(p => p.ContainsKey("Id"))
            .DistinctBy(p => p["Id"])
            .ToDictionary(p => p["Id"], p => p.GetValueOrDefault("ActiveState", "unknown"));
        return [.. units.Distinct().Order(StringComparer.Ordinal).Select(u => new AttachedUnit(u, states.GetValueOrDefault(u, "unknown")))];
    }
}
