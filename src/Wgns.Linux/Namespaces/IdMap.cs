using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>A range of ids that newuidmap(1) may give a user: a line of subuid(5) or subgid(5).</summary>
public readonly record struct IdRange(uint First, uint Count);

/// <summary>One line of /proc/PID/uid_map or gid_map (user_namespaces(7)).</summary>
public readonly record struct IdMapLine(uint Inside, uint Outside, uint Count);

/// <summary>
/// Who is who in a user namespace of our own: we are who we are, and around us lie the subordinate ids where there are any
/// and newuidmap(1) is installed. With them programs inside can be several users.
/// </summary>
/// <param name="NewUidMap">Path of newuidmap, null for a single id; so with the other.</param>
public sealed record IdMap(uint Uid, uint Gid, IdRange? Uids, IdRange? Gids, string? NewUidMap, string? NewGidMap)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>This user's, by /etc/subuid, /etc/subgid and what is in PATH.</summary>
    public static IdMap OfThisUser()
    {
        var (uid, gid) = (Libc.geteuid(), Libc.getegid());
        var name = UserAccount.TryFind(uid.ToString(CultureInfo.InvariantCulture), out _)?.Name;
        var path = ProgramSearch.OwnPath;
        return new IdMap(
            uid, gid, Find("/etc/subuid", name, uid), Find("/etc/subgid", name, uid),
            ProgramSearch.Find("newuidmap", path), ProgramSearch.Find("newgidmap", path));
    }

    /// <summary>Whether others than ourselves are to be there.</summary>
    public bool HasOthers => Uids is not null && Gids is not null && NewUidMap is not null && NewGidMap is not null && Uid != 0;

    /// <summary>The first range of a user, by name or number; null where the file has none.</summary>
    /// <param name="lines">NAME:FIRST:COUNT</param>
    public static IdRange? RangeIn(IEnumerable<string> lines, string? name, uint uid)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var number = uid.ToString(CultureInfo.InvariantCulture);
        var fields = lines.Select(l => l.Split(':')).FirstOrDefault(f =>
            f.Length == 3 && (f[0] == name || f[0] == number)
            && uint.TryParse(f[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && uint.TryParse(f[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0);
        return fields is null ? null : new IdRange(uint.Parse(fields[1], CultureInfo.InvariantCulture), uint.Parse(fields[2], CultureInfo.InvariantCulture));
    }

    /// <summary>Ourselves at our own place, and the range at 0 and up around it.</summary>
    public static ImmutableArray<IdMapLine> Lines(uint own, IdRange range)
    {
        var before = Math.Min(own, range.Count);
        IdMapLine[] lines =
        [
            new(0, range.First, before),
            new(own, own, 1),
            new(own + 1, range.First + before, range.Count - before),
        ];
        return [.. lines.Where(l => l.Count > 0)];
    }

    /// <summary>Gives a child that waits in its new user namespace its ids.</summary>
    /// <exception cref="KernelException">EPERM, where a security module or a sysctl is against it.</exception>
    internal void Write(int pid)
    {
        if (HasOthers && Run(NewUidMap!, pid, Lines(Uid, Uids!.Value)))
        {
            // What newuidmap did cannot be done again by less.
            if (!Run(NewGidMap!, pid, Lines(Gid, Gids!.Value)))
            {
                throw new KernelException($"{NewGidMap} for the groups of a user namespace", Errno.EPERM);
            }

            return;
        }

        // Who is not root may map themselves only, and only with setgroups(2) given up.
        Write($"/proc/{pid}/setgroups", "deny");
        Write($"/proc/{pid}/uid_map", $"{Uid} {Uid} 1");
        Write($"/proc/{pid}/gid_map", $"{Gid} {Gid} 1");
    }

    private static bool Run(string program, int pid, ImmutableArray<IdMapLine> lines)
    {
        var arguments = lines.SelectMany(l => (uint[])[l.Inside, l.Outside, l.Count]).Prepend((uint)pid);
        var result = Command.Run(
            new SpawnRequest(program, [.. arguments.Select(n => n.ToString(CultureInfo.InvariantCulture))]), [], Limit);
        return result.ExitStatus == 0;
    }

    private static IdRange? Find(string file, string? name, uint uid) =>
        File.Exists(file) ? RangeIn(File.ReadLines(file), name, uid) : null;

    internal static void Write(string path, string text)
    {
        using var file = new OwnedFd(Libc.openat(Libc.AT_FDCWD, path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0));
        if (file.IsInvalid)
        {
            throw new KernelException($"open {path}", Libc.LastErrno);
        }

        RawFile.WriteAll(file, Encoding.ASCII.GetBytes(text), $"write {path}");
    }
}
