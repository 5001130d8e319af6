namespace Wgns.Systemd;

/// <summary>
/// What systemd is about to do with a unit. ExecStop= and ExecStopPost= run for a stop, a restart and a crash alike, and
/// nothing in their environment tells a stop from a restart; the unit's job does.
/// </summary>
public static class UnitJob
{
    /// <summary>Whether the unit is being stopped for good: not restarted, and not ended by itself.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static bool IsStop(string unit) => TypeOf(unit, Systemctl.ListJobs()) == "stop";

    /// <summary>The type of a unit's job in what `systemctl list-jobs --plain --no-legend` prints; null where it has none.</summary>
    /// <remarks>A line is: number, unit, type, state. systemctl(1) has the types: start, stop, restart, …</remarks>
    public static string? TypeOf(string unit, string listing)
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(listing);
        return listing.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length >= 3 && words[1] == unit)
            .Select(words => words[2])
            .FirstOrDefault();
    }
}
