using System.Globalization;

namespace Wgns.Supervision;

/// <summary>What is said to the service manager, in the words of sd_notify(3).</summary>
public static class NotifyText
{
    public const string Watchdog = "WATCHDOG=1";

    /// <summary>Longer than the pause between two of these, so that a late one does no harm.</summary>
    public static readonly TimeSpan Extension = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan ExtensionPause = TimeSpan.FromSeconds(10);

    /// <summary>Between two pings: a patience that nobody can keep is no reason to do nothing else.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);

    public static string Status(string status) => $"STATUS={OneLine(status)}";

    public static string Ready(string status) => $"READY=1\n{Status(status)}";

    public static string Stopping(string status) => $"STOPPING=1\n{Status(status)}";

    /// <param name="monotonic">CLOCK_MONOTONIC, by which a manager tells this reload from an earlier one.</param>
    public static string Reloading(TimeSpan monotonic) => $"RELOADING=1\nMONOTONIC_USEC={Microseconds(monotonic)}";

    public static string Extend(TimeSpan by) => $"EXTEND_TIMEOUT_USEC={Microseconds(by)}";

    /// <summary>How often the watchdog wants to hear of us: half its patience, as sd_watchdog_enabled(3) advises.</summary>
    /// <param name="usec">$WATCHDOG_USEC.</param>
    /// <param name="pid">$WATCHDOG_PID; where it is another's, so is the watchdog.</param>
    /// <returns>Null where there is no watchdog, or no number that is one's patience.</returns>
    public static TimeSpan? WatchdogPause(string? usec, string? pid, int ownPid)
    {
        var isOurs = string.IsNullOrEmpty(pid) || pid == ownPid.ToString(CultureInfo.InvariantCulture);
        return isOurs && ulong.TryParse(usec, NumberStyles.None, CultureInfo.InvariantCulture, out var patience) && patience is > 0 and < long.MaxValue / 10
            ? TimeSpan.FromTicks(Math.Max(TimeSpan.FromMicroseconds(patience / 2).Ticks, ShortestPause.Ticks))
            : null;
    }

    private static string Microseconds(TimeSpan time) => ((long)time.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);

    // A line's end would begin another assignment.
    private static string OneLine(string text) => string.Join(' ', text.Split((char[])['\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
}
