using System.Collections.Immutable;
using Wgns.Confinement;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Systemd;

/// <summary>What one service's view takes besides everybody's, from what systemd and the file system say of it.</summary>
public static class ServiceView
{
    /// <param name="asked">Paths below /run or /etc that the user asked for.</param>
    public static ConfinedView Of(string name, RuntimePaths paths, UnitProperties unit, IEnumerable<string> asked, string etc = "/etc", string run = RunAllowList.Root)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(unit);
        var more = asked.ToList();
        return new ConfinedView(name, paths)
        {
            MoreEtc = FilesOf(paths.EtcNetnsOf(name)),
            MoreRun = [.. unit.Run.Concat(more.Where(p => UnitProperties.IsBelow(p, RunAllowList.Root))).Concat(OwnRun(unit, run)).Distinct()],
            LiveEtc = [.. unit.Etc.Concat(more.Where(p => UnitProperties.IsBelow(p, "/etc"))).Concat(Own(unit, etc)).Distinct().Order(StringComparer.Ordinal)],
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
    private static IEnumerable<string> OwnRun(UnitProperties unit, string run)
    {
        var (stem, account) = (StemOf(unit), AccountOf(unit));
        foreach (var directory in Directory.Exists(run) ? Directory.EnumerateDirectories(run) : [])
        {
            var path = $"{RunAllowList.Root}/{Path.GetFileName(directory)}";
            if (!path.Any(char.IsControl) && new DirectoryInfo(directory).LinkTarget is null
                && path is not (RunAllowList.Lock or RunAllowList.Session) && !UnitBinds.IsResolver(path)
                && (Path.GetFileName(directory) == stem || (account is { Uid: not 0 } && FileOwner.Of(directory).Uid == account.Uid)))
            {
                yield return path;
            }
        }
    }

    private static string StemOf(UnitProperties unit) => unit.Unit[..unit.Unit.LastIndexOf('.')].Split('@')[0];

    private static UserAccount? AccountOf(UnitProperties unit) =>
        unit.User.Length == 0 ? null : UserAccount.TryFind(unit.Group.Length == 0 ? unit.User : $"{unit.User}:{unit.Group}", out _);

    /// <summary>
    /// Directories in /etc that the service's user can write to, as /etc/transmission-daemon, and the one that is named
    /// after the service. Root could write to all: it gets that one.
    /// </summary>
    private static IEnumerable<string> Own(UnitProperties unit, string etc)
    {
        var (stem, account) = (StemOf(unit), AccountOf(unit));
        foreach (var directory in Directory.Exists(etc) ? Directory.EnumerateDirectories(etc) : [])
        {
            var name = Path.GetFileName(directory);
            if (!name.Any(char.IsControl) && new DirectoryInfo(directory).LinkTarget is null
                && (name == stem || (account is { Uid: not 0 } && FileOwner.Of(directory).MayWrite(account))))
            {
                yield return $"/etc/{name}";
            }
        }
    }
}
