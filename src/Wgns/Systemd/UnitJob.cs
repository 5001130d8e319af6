using Wgns.Linux;
using Wgns.Linux.Processes;

namespace Wgns.Systemd;

/// <summary>
/// What systemd is about to do with a unit. ExecStop= and ExecStopPost= run for a stop, a restart and a crash alike, and
/// nothing in their environment tells a stop from a restart; the unit's job does.
/// </summary>
public static class UnitJob
{
    /// <summary>systemd answers in milliseconds, also while it runs that very job.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Whether the unit is being stopped for good: not restarted, and not ended by itself.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static bool IsStop(string unit) => TypeOf(unit, List()) == "stop";

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

    // All of them: a name for list-jobs is a pattern, in which the backslashes of escaped names mean something else.
    private static string List()
    {
        var program = ProgramSearch.Find("systemctl", null)
            ?? throw new OperationFailedException($"there is no systemctl in {ProgramSearch.DefaultPath}");
        var result = Command.Run(new SpawnRequest(program, ["list-jobs", "--plain", "--no-legend", "--no-pager", "--full"]), [], Limit);
        return result is { ExitStatus: 0, TimedOut: false }
            ? result.Output
            : throw new OperationFailedException($"systemctl list-jobs failed: {(result.TimedOut ? "no answer" : result.Errors.Trim())}");
    }
}
