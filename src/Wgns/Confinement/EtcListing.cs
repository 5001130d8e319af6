using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Wgns.Linux.Files;

namespace Wgns.Confinement;

/// <summary>What /etc and /etc/netns/NAME hold at the moment, by name.</summary>
/// <param name="Own">The namespace's: whether each is a directory.</param>
/// <param name="Live">Directories of /etc, links to them left out, and whatever is a mount of its own there.</param>
/// <param name="VarRunIsAnother">Whether /var/run is a directory of its own and not a link to /run.</param>
public sealed record EtcListing(IReadOnlyDictionary<string, bool> Own, ImmutableArray<string> Live, bool VarRunIsAnother)
{
    private const int MountPointField = 5;

    /// <summary>
    /// Everything in /etc by name, with where symbolic links lead, null for the rest; null where an overlay can be made. In a
    /// user namespace the kernel makes none of a directory with mounts in it (has_locked_children of fs/namespace.c).
    /// </summary>
    public ImmutableArray<(string Name, string? LinkTo)>? Entries { get; init; }

    /// <summary>Whether it is now; systemd wants the link (its taint "var-run-bad").</summary>
    public static bool IsVarRunAnother => new DirectoryInfo("/var/run") is { Exists: true, LinkTarget: null };

    /// <remarks>Every command waits for this, so it goes without queries, which take a start of their own the first time.</remarks>
    public static EtcListing Of(ConfinedView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var etc = DirectoryEntries.TryRead("/etc") ?? [];
        var live = new List<string>(etc.Count);
        foreach (var (name, kind) in etc)
        {
            if (kind == EntryKind.Directory)
            {
                live.Add(name);
            }
        }

        var isPlain = true;
        foreach (var name in Mounts())
        {
            isPlain = false;
            if (!live.Contains(name))
            {
                live.Add(name);
            }
        }

        string[] sorted = [.. live];
        Array.Sort(sorted, StringComparer.Ordinal);
        return new EtcListing(OwnOf(view), ImmutableCollectionsMarshal.AsImmutableArray(sorted), IsVarRunAnother)
        {
            Entries = view.Paths.Hidden is null || isPlain
                ? null
                : [.. etc.Select(e => (e.Name, e.Kind == EntryKind.Link ? new FileInfo($"/etc/{e.Name}").LinkTarget : null)).OrderBy(e => e.Name, StringComparer.Ordinal)],
        };
    }

    private static Dictionary<string, bool> OwnOf(ConfinedView view)
    {
        var directory = view.Paths.EtcNetnsOf(view.Name);
        var own = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (name, kind) in DirectoryEntries.TryRead(directory) ?? [])
        {
            own[name] = kind == EntryKind.Directory || (kind == EntryKind.Link && Directory.Exists($"{directory}/{name}"));
        }

        return own;
    }

    /// <summary>The first part, below /etc, of every mount point there.</summary>
    internal static IReadOnlyList<string> Mounts() =>
        MountsBelow("/etc", Encoding.UTF8.GetString(ProcFile.TryRead("/proc/self/mountinfo") ?? throw new OperationFailedException("/proc/self/mountinfo is not there")));

    /// <summary>The first part, below a directory, of every mount point there (proc_pid_mountinfo(5): the fifth field).</summary>
    internal static IReadOnlyList<string> MountsBelow(string directory, string mountinfo)
    {
        var found = new List<string>();
        foreach (var line in mountinfo.AsSpan().EnumerateLines())
        {
            var rest = line;
            for (var field = 1; field < MountPointField && !rest.IsEmpty; field++)
            {
                rest = rest[(rest.IndexOf(' ') + 1)..];
            }

            var end = rest.IndexOf(' ');
            if (end <= directory.Length || !rest.StartsWith(directory) || rest[directory.Length] != '/')
            {
                continue;
            }

            var below = rest[(directory.Length + 1)..end];
            var name = below.IndexOf('/') is >= 0 and var slash ? below[..slash] : below;

            // "\040" and its like are spaces: nobody mounts there.
            if (!name.Contains('\\'))
            {
                found.Add(name.ToString());
            }
        }

        return found;
    }
}
