using System.Globalization;

namespace Wgns.Linux.Processes;

/// <summary>Which ids of the kernel this process's user namespace has (user_namespaces(7)).</summary>
public static class UserMap
{
    /// <summary>Whether all groups are there: true unless this is a user namespace with fewer.</summary>
    public static bool HasEveryGroup { get; } = IsWhole(File.ReadAllText("/proc/self/gid_map"));

    /// <param name="map">Lines of: first id inside, first outside, how many.</param>
    internal static bool IsWhole(string map) =>
        map.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(w => w is ["0", _, var count] && long.Parse(count, CultureInfo.InvariantCulture) >= int.MaxValue);
}
