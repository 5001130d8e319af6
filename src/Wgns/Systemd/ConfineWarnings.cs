using System.Collections.Immutable;

namespace Wgns.Systemd;

/// <summary>What to know of before a service is confined.</summary>
public sealed record UnitWarning(string Message, string Hint);

/// <summary>What of a service will not do inside as it did outside, as far as its unit shows it.</summary>
public static class ConfineWarnings
{
    /// <summary>Why it cannot be confined so; null where it can.</summary>
    /// <param name="name">The namespace.</param>
    public static UnitWarning? Refusal(string name, UnitProperties unit, Attachment how)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(how);
        var joined = unit.Joined.Remove(UnitName.NetnsOf(name));
        // Of the units that it is joined with systemd takes the one that runs, and its network with it, whatever else is said.
        return !joined.IsEmpty ? new UnitWarning(
                $"{unit.Unit} shares its namespaces with {string.Join(", ", joined)} (JoinsNamespaceOf=), and would be in that one's network",
                $"take JoinsNamespaceOf= out of {unit.Unit} and of {joined[0]}")
            : !unit.ComesBefore.IsEmpty ? new UnitWarning(
                $"{unit.Unit} comes before {unit.ComesBefore[0]} (Before=), and the namespace after it: systemd would break the circle by starting one of them not at all",
                $"take {unit.ComesBefore[0]} out of its Before=, by `systemctl edit --full {unit.Unit}`: no drop-in can")
            : how.Follows && unit.IsEarly ? new UnitWarning(
                $"{unit.Unit} comes before what the tunnel is started after, so it cannot follow the tunnel",
                "confine it without --follow, or take Before= out of it")
            : null;
    }

    /// <param name="name">The namespace.</param>
    /// <param name="wasAsked">Whether systemd was asked about the unit.</param>
    public static ImmutableArray<UnitWarning> Of(string name, UnitProperties unit, bool wasAsked)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (!wasAsked)
        {
            return [new UnitWarning(
                $"systemd does not run this machine, so nothing is known of {unit.Unit}",
                "print it where it runs: directories of its own in /run and /etc are missing here")];
        }

        if (!unit.Exists)
        {
            return [new UnitWarning(
                $"systemd has no unit {unit.Unit}",
                $"install it, or see `systemctl list-unit-files` for its name; then repeat `wgns units confine {name} {unit.Unit}`, "
                + "which looks at its own directories in /run and /etc")];
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

        if (unit.HasUnconfinedCommand)
        {
            warnings.Add(new UnitWarning(
                $"{unit.Unit} has a command with \"+\" before it, which systemd runs with the machine's own /run and /etc: in the namespace, but with the machine's resolvers",
                "take the \"+\" away where that command looks names up"));
        }

        warnings.AddRange(unit.Overruling.Select(o => new UnitWarning(
            $"{o.File} is read after {ConfineUnits.FileName}, and its {o.Key}= takes back of what keeps {unit.Unit} inside",
            "give it a name that comes before, as override.conf does, and confine the service again")));

        if (unit.HasOwnRoot)
        {
            warnings.Add(new UnitWarning(
                $"{unit.Unit} has a root directory of its own (RootDirectory= or RootImage=), whose /run and /etc are replaced by the namespace's",
                "see that it finds there what it needs"));
        }

        warnings.AddRange(unit.TriggeredBy
            .Where(u => u.EndsWith(".socket", StringComparison.Ordinal) && !IsConfined(u))
            .Select(u => new UnitWarning(
                $"{unit.Unit} is handed the sockets of {u}, which are the machine's: by one for datagrams it sends past the tunnel",
                $"`wgns units confine {name} {u}` puts them inside, too")));
        warnings.AddRange(unit.Triggers
            .Where(u => !IsConfined(u))
            .Select(u => new UnitWarning(
                $"{unit.Unit} starts {u}, which is not inside: what that begins itself goes past the tunnel",
                u.EndsWith("@.service", StringComparison.Ordinal)
                    ? $"a drop-in for {u} puts its instances inside, see \"By hand\" in wgns@.service(8)"
                    : $"`wgns units confine {name} {u}` puts it inside, too")));
        return warnings.ToImmutable();
    }

    private static bool IsConfined(string unit) => File.Exists($"{UnitFiles.Directory}/{unit}.d/{ConfineUnits.FileName}");
}
