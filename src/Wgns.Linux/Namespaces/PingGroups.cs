using System.Globalization;

namespace Wgns.Linux.Namespaces;

/// <summary>
/// net.ipv4.ping_group_range: who may ping. In a user namespace a group that is not there reads as the overflow group, 65534, and
/// cannot be written (ipv4_ping_group_range of net/ipv4/sysctl_net_ipv4.c).
/// </summary>
public static class PingGroups
{
    /// <summary>As <see cref="Sysctl"/> has it.</summary>
    public const string Key = "net/ipv4/ping_group_range";

    /// <summary>The kernel's own, of a new network namespace; groups of outside, which read as others in a user namespace.</summary>
    private const string Nobody = "1 0";

    private static readonly string[] NobodysGroups = ["1", "0"];

    /// <summary>
    /// What is to be written for it to be what it reads as: the range itself; where a group of it is not there, nobody, since that
    /// was the kernel's own, or a range of others'.
    /// </summary>
    /// <returns>Empty where nothing can be: whatever this user namespace could write lets somebody in.</returns>
    public static string Writable(string range, Predicate<uint> hasGroup)
    {
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(hasGroup);
        bool IsThere(string group) => uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var gid) && hasGroup(gid);
        return range.Split(['\t', ' ']).All(IsThere) ? range
            : NobodysGroups.All(IsThere) ? Nobody
            : string.Empty;
    }
}
