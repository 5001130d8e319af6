using System.Globalization;
using Wgns.Observation;

namespace Wgns.Cli.Output;

/// <summary>Times, sizes and processes in words.</summary>
internal static class Words
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>"1 minute, 12 seconds ago"; "now" for less than a second; or that the clock was set back.</summary>
    internal static string Ago(TimeSpan age) =>
        ClockSetBack.Is(age) ? ClockSetBack.Words
        : age < TimeSpan.FromSeconds(1) ? "now"
        : $"{Duration(age)} ago";

    /// <summary>Days, hours, minutes and seconds, those that are not zero.</summary>
    internal static string Duration(TimeSpan time)
    {
        (long Count, string Unit)[] parts =
            [(time.Days, "day"), (time.Hours, "hour"), (time.Minutes, "minute"), (time.Seconds, "second")];
        return string.Join(", ", parts.Where(p => p.Count != 0).Select(p => Count(p.Count, p.Unit)));
    }

    /// <summary>"1 error", "2 errors"</summary>
    internal static string Count(long count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";

    /// <summary>"bash (4711), curl (4712)"</summary>
    internal static string Processes(IEnumerable<ObservedProcess> processes) => string.Join(", ", processes.Select(p => $"{p.Comm} ({p.Pid})"));

    /// <summary>"1.50 KiB": powers of 1024, as wg(8) prints them.</summary>
    internal static string Bytes(ulong count)
    {
        var size = (double)count;
        var unit = 0;
        while (size >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return unit == 0 ? $"{count} B" : string.Create(CultureInfo.InvariantCulture, $"{size:F2} {Units[unit]}");
    }
}
