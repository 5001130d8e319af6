using System.Collections.Immutable;

namespace Wgns.Systemd;

/// <summary>What to know of before a service is confined.</summary>
public sealed record UnitWarning(string Message, string Hint);

/// <summary>What of a service will not do inside as it did outside, as far as its unit shows it.</summary>
public static class ConfineWarnings
{
    /// <param name="name">The namespace.</param>
    /// <param name="wasAsked">Whether systemd was asked about the unit.</param>
    public static ImmutableArray<UnitWarning> Of(string name, UnitProperties unit, bool wasAsked)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (!wasAsked)
        {
            return [new UnitWarning($"systemd does not run this machine, so nothing is known of {unit.Unit}", "print it where it runs: directories of its own in /run and /etc are missing here")];
        }

        if (!unit.Exists)
        {
            return [new UnitWarning(
                $"systemd has no unit {unit.Unit}",
                $"install it, or see `systemctl list-unit-files` for its name; then repeat `wgns units confine {name} {unit.Unit}`, which looks at its own directories in /run and /etc")];
        }

        var warnings = ImmutableArray.CreateBuilder<UnitWarning>();
        if (UnitProperties.IsBelow(unit.PidFile, "/run") && !unit.Run.Any(d => UnitProperties.IsBelow(unit.PidFile, d)))
        {
            warnings.Add(new UnitWarning(
                $"{unit.Unit} writes {unit.PidFile}, and its /run inside is its own and read-only",
                "have it run in the foreground (Type=simple or notify), or give it a RuntimeDirectory= for that file and confine it again"));
        }

        if (unit.Type == "dbus")
        {
            warnings.Add(new UnitWarning(
                $"{unit.Unit} has a name on the system bus, which is not reachable from inside: resolvers and systemd itself answer there",
                "--allow /run/dbus gives it the bus, and with it a way out"));
        }

        return warnings.ToImmutable();
    }
}
