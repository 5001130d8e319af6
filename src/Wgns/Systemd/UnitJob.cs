namespace Wgns.Systemd;

/// <summary>
/// What systemd is about to do with a unit. ExecStop= and ExecStopPost= run for a stop, a restart and a crash alike, and
/// nothing in their environment tells a stop from a restart; the unit's job does.
/// </summary>
public static class UnitJob
{
    private const string Active = "ActiveState";
    private const string Sub = "SubState";
    private const string Job = "Job";

    /// <summary>Whether the unit is being stopped for good: not restarted, and not ended by itself.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static bool IsStop(string unit) => TypeOf(unit, Systemctl.ListJobs()) == "stop";

    /// <summary>
    /// Whether a service has nothing that systemd is still to run before it is stopped: it failed, or is between a crash and the
    /// restart. A stop then runs not even ExecStopPost=.
    /// </summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static bool HasEnded(string unit) => HasEnded(unit, Systemctl.Show(unit, Active, Sub));

    /// <param name="shown">What systemd says of it: ActiveState, SubState.</param>
    internal static bool HasEnded(string unit, IReadOnlyDictionary<string, string> shown) =>
        StateOf(unit, shown) is "inactive" or "failed"
        // From systemd 254 on there is "auto-restart-queued" besides.
        || shown.GetValueOrDefault(Sub, string.Empty).StartsWith("auto-restart", StringComparison.Ordinal);

    /// <summary>
    /// Whether a unit was stopped, or ended without a failure, and systemd is not about to do anything with it. One that it gave up
    /// after crashes is not, nor one between a crash and the restart.
    /// </summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static bool IsInactive(string unit) => IsInactive(unit, Systemctl.Show(unit, Active, Job));

    /// <param name="shown">What systemd says of it: ActiveState, Job, of which the second is left out or empty where there is none.</param>
    internal static bool IsInactive(string unit, IReadOnlyDictionary<string, string> shown) =>
        StateOf(unit, shown) == "inactive" && shown.GetValueOrDefault(Job) is null or "" or "0";

    private static string StateOf(string unit, IReadOnlyDictionary<string, string> shown) => shown.GetValueOrDefault(Active)
        ?? throw new OperationFailedException($"systemd does not say in which state {unit} is");

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
