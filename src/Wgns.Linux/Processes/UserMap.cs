using System.Globalization;
using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>Which ids of the kernel this process's user namespace has (user_namespaces(7)).</summary>
public static class UserMap
{
    /// <summary>Whether all groups are there: true unless this is a user namespace with fewer.</summary>
    public static bool HasEveryGroup { get; } = IsWhole(File.ReadAllText("/proc/self/gid_map"));

    /// <summary>Our own group, as this user namespace knows it; null where it does not.</summary>
    public static uint? OwnGroup => Libc.getegid() is var own && HasGroup(own) ? own : null;

    public static bool HasUser(uint uid) => Has(uid, "/proc/self/uid_map");

    public static bool HasGroup(uint gid) => Has(gid, "/proc/self/gid_map");

    /// <summary>
    /// Whether root, as this user namespace knows it, is anybody in that of a process. Where it is not, others have every right over what
    /// root starts there, which outside is root. False too where the process has ended.
    /// </summary>
    public static bool HasOurRoot(int pid) =>
        // Who reads it sees the ids of outside as their own.
        ProcFile.TryReadTextOf(pid, "uid_map") is { } map && Ranges(map).Any(w => w is [_, "0", _]);

    private static bool Has(uint id, string file) =>
        Ranges(File.ReadAllText(file)).Any(w => w.Length == 3
                && uint.Parse(w[0], CultureInfo.InvariantCulture) is var first
                && id >= first && id - first < uint.Parse(w[2], CultureInfo.InvariantCulture));

    internal static bool IsWhole(string map) =>
        Ranges(map).Any(w => w is ["0", _, var count] && long.Parse(count, CultureInfo.InvariantCulture) >= int.MaxValue);

    /// <returns>Of each line: first id inside, first outside, how many.</returns>
    private static IEnumerable<string[]> Ranges(string map) =>
        map.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
