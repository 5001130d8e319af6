using System.Collections.Immutable;

namespace Wgns.Confinement;

/// <summary>What /etc and /etc/netns/NAME hold at the moment, by name.</summary>
/// <param name="Own">The namespace's: whether each is a directory.</param>
/// <param name="Live">Directories of /etc, links to them left out, and whatever is a mount of its own there.</param>
/// <param name="VarRunIsAnother">Whether /var/run is a directory of its own and not a link to /run.</param>
public sealed record EtcListing(ImmutableDictionary<string, bool> Own, ImmutableArray<string> Live, bool VarRunIsAnother)
{
    /// <summary>
    /// Everything in /etc by name, with where symbolic links lead, null for the rest; null where an overlay can be made. In a
    /// user namespace the kernel makes none of a directory with mounts in it (has_locked_children of fs/namespace.c).
    /// </summary>
    public ImmutableArray<(string Name, string? LinkTo)>? Entries { get; init; }

    public static EtcListing Of(ConfinedView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var own = view.Paths.EtcNetnsOf(view.Name);
        var mounts = MountsBelow("/etc", File.ReadLines("/proc/self/mountinfo")).ToList();
        return new EtcListing(
            Directory.Exists(own)
                ? new DirectoryInfo(own).EnumerateFileSystemInfos().ToImmutableDictionary(f => f.Name, f => Directory.Exists(f.FullName))
                : ImmutableDictionary<string, bool>.Empty,
            [.. Directories().Concat(mounts).Distinct().Order(StringComparer.Ordinal)],
            new DirectoryInfo("/var/run") is { Exists: true, LinkTarget: null })
        {
            Entries = view.Paths.Hidden is null || mounts.Count == 0
                ? null
                : [.. new DirectoryInfo("/etc").EnumerateFileSystemInfos().Select(f => (f.Name, f.LinkTarget)).OrderBy(f => f.Name, StringComparer.Ordinal)],
        };
    }

    /// <summary>The first part, below a directory, of every mount point there (proc_pid_mountinfo(5): the fifth field).</summary>
    internal static IEnumerable<string> MountsBelow(string directory, IEnumerable<string> mountinfo) =>
        from line in mountinfo
        let fields = line.Split(' ')
        where fields.Length > 4 && fields[4].StartsWith(directory + "/", StringComparison.Ordinal)
        let name = fields[4][(directory.Length + 1)..].Split('/')[0]

        // "\040" and its like are spaces: nobody mounts there.
        where !name.Contains('\\', StringComparison.Ordinal)
        select name;

    private static IEnumerable<string> Directories() =>
        new DirectoryInfo("/etc").EnumerateDirectories().Where(d => d.LinkTarget is null).Select(d => d.Name);
}
