using System.Collections.Immutable;
using Wgns.Confinement;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Systemd;

/// <summary>What one service's view takes besides everybody's, from what systemd and the file system say of it.</summary>
public static class ServiceView
{
    /// <param name="asked">Paths below /run or /etc that the user asked for.</param>
    /// <param name="etc">Where /etc is looked at.</param>
    public static ConfinedView Of(string name, RuntimePaths paths, UnitProperties unit, IEnumerable<string> asked, string etc = "/etc")
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(unit);
        var more = asked.ToList();
        return new ConfinedView(name, paths)
        {
            MoreEtc = FilesOf(paths.EtcNetnsOf(name)),
            MoreRun = [.. unit.Run.Concat(more.Where(p => UnitProperties.IsBelow(p, RunAllowList.Root))).Concat(OwnRun(unit)).Distinct()],
            LiveEtc = [.. unit.Etc.Concat(more.Where(p => UnitProperties.IsBelow(p, "/etc"))).Concat(OwnEtc(unit, etc)).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Names in /etc/netns/NAME besides those that are always there.</summary>
    internal static ImmutableArray<string> FilesOf(string directory) => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFileSystemEntries(directory).Select(f => Path.GetFileName(f))
            .Where(f => !ConfinedView.DnsFiles.Contains(f) && !f.Any(char.IsControl)).Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Directories in /run that belong to the service's user, as tmpfiles.d(5) makes them, and the one that is named after
    /// the service. What belongs to root is somebody else's.
    /// </summary>
    private static IEnumerable<string> OwnRun(UnitProperties unit) =>
        Own(unit, RunAllowList.Root, (directory, account) => FileOwner.Of(directory).Uid == account.Uid)
            .Select(name => $"{RunAllowList.Root}/{name}")
            .Where(path => path is not (RunAllowList.Lock or RunAllowList.Session) && !UnitBinds.IsResolver(path));

    /// <summary>
    /// Directories in /etc that the service's user can write to, as /etc/transmission-daemon, and the one that is named
    /// after the service. Root could write to all: it gets that one.
    /// </summary>
    private static IEnumerable<string> OwnEtc(UnitProperties unit, string etc) =>
        Own(unit, etc, (directory, account) => account.MayWrite(FileOwner.Of(directory))).Select(name => $"/etc/{name}");

    /// <summary>Names of directories that are named after the service, or are its user's.</summary>
    private static IEnumerable<string> Own(UnitProperties unit, string parent, Func<string, UserAccount, bool> isUsers)
    {
        var stem = unit.Unit[..unit.Unit.LastIndexOf('.')].Split('@')[0];
        var account = unit.User.Length == 0 ? null : UserAccount.TryFind(unit.Group.Length == 0 ? unit.User : $"{unit.User}:{unit.Group}", out _);
        foreach (var directory in Directory.Exists(parent) ? Directory.EnumerateDirectories(parent) : [])
        {
            var name = Path.GetFileName(directory);
            if (!name.Any(char.IsControl) && new DirectoryInfo(directory).LinkTarget is null
                && (name == stem || (account is { Uid: not 0 } && isUsers(directory, account))))
            {
                yield return name;
            }
        }
    }
}
