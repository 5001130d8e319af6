using System.Globalization;
using Wgns.Linux.Files;

namespace Wgns.Systemd;

/// <summary>Processes and the units that they belong to, by their control groups (cgroups(7), version 2).</summary>
public static class UnitProcesses
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Every process of a unit, those of its control group's children included; empty where it has none.</summary>
    /// <exception cref="OperationFailedException">systemd could not be asked.</exception>
    public static IReadOnlyList<int> Of(string unit)
    {
        var group = Systemctl.Show(unit, "ControlGroup").GetValueOrDefault("ControlGroup", string.Empty);
        return group.Length == 0 ? [] : [.. Files(Root + group).SelectMany(Lines).Select(l => int.Parse(l, CultureInfo.InvariantCulture)).Order()];
    }

    /// <summary>The unit whose control group a process is in; null where there is no systemd.</summary>
    public static string? UnitOf(int pid)
    {
        // "0::/system.slice/deluged.service"
        var group = ProcFile.TryReadTextOf(pid, "cgroup")?.Split('\n').FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal));
        return group?.Split('/').LastOrDefault(part => part.Contains('.', StringComparison.Ordinal));
    }

    private static string[] Files(string group)
    {
        try
        {
            return Directory.GetFiles(group, "cgroup.procs", SearchOption.AllDirectories);
        }
        catch (DirectoryNotFoundException)
        {
            return []; // it ended meanwhile
        }
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return []; // it ended meanwhile
        }
    }
}
