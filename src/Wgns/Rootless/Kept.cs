using System.Collections.Immutable;
using System.Text;
using Wgns.Engine;
using Wgns.Execution;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;
using Wgns.Status;

namespace Wgns.Rootless;

/// <summary>
/// A user's namespaces that outlive their command. Each has a process, the keeper, that holds the user and mount namespaces in
/// which its network namespace has its name; NAME.keeper beside its record tells which.
/// </summary>
public static class Kept
{
    private const long Longest = 100;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    public static string FileOf(string root, string name) => $"{root}/{name}.keeper";

    /// <summary>Where the keeper of a name writes what it has to say.</summary>
    public static string LogOf(string root, string name) => $"{root}/{name}.log";

    /// <summary>
    /// Makes a process the keeper of a name, before there is anything of the namespace; false where another lives that is: whoever comes
    /// second must touch nothing of it.
    /// </summary>
    public static bool TryClaim(NamespaceHost host, string name, ProcessIdentity keeper)
    {
        ArgumentNullException.ThrowIfNull(host);
        var root = host.Paths.State;
        using var guard = host.Lock(name);
        if (KeeperOf(root, name) is not null)
        {
            return false;
        }

        AtomicFile.Write(FileOf(root, name), Encoding.ASCII.GetBytes(Surroundings.Text(keeper) + "\n"), Permissions.OwnerOnly, fsync: false);
        guard.Remove();
        return true;
    }

    /// <summary>The keeper; null where there is none that lives.</summary>
    public static ProcessIdentity? KeeperOf(string root, string name)
    {
        var path = FileOf(root, name);
        var text = File.Exists(path) && PlainFile.TryRead(path, Longest) is { } bytes ? Encoding.ASCII.GetString(bytes).Trim() : null;
        return Surroundings.Read(text) is { } keeper && keeper.IsAlive() ? keeper : null;
    }

    /// <summary>Waits, after the namespace was taken down, until its keeper has gone too; a moment.</summary>
    public static void AwaitEnd(ProcessIdentity keeper)
    {
        using var watch = ProcessWatch.TryOpen(keeper);
        if (watch is not null)
        {
            Sleep.Until([watch], EndLimit);
        }
    }

    /// <summary>
    /// Takes away the files of one whose keeper has ended: nothing else of it is left, since the kernel has taken the rest.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    public static bool Forget(string root, string name)
    {
        var paths = RuntimePaths.Below(root);
        var store = new StateDirectory(paths);
        if (!store.Has(name))
        {
            return false;
        }

        using (var guard = NamespaceLock.Take(paths, name))
        {
            if (KeeperOf(root, name) is not null)
            {
                // Somebody has made it anew while we waited.
                return false;
            }

            var record = store.Load(name);
            var engines = record?.Interfaces.Select(i => i.Engine).OfType<Observation.EngineRecord>() ?? [];
            string[] files =
            [
                .. record?.Files ?? [],
                .. engines.SelectMany(e => (string[])[e.Log, e.Socket, e.Symlink ?? e.Socket]),
                paths.NetnsFile(name),
                FileOf(root, name),
                LogOf(root, name),
            ];
            foreach (var file in files)
            {
                File.Delete(file);
            }

            store.Delete(name);
            guard.Remove();
        }

        if (Directory.Exists(paths.EtcNetnsOf(name)))
        {
            Directory.Delete(paths.EtcNetnsOf(name));
        }

        UserDirectory.Tidy(paths);
        return true;
    }

    /// <summary>What `list` says of a user's namespaces, from outside of them.</summary>
    public static ImmutableArray<ListEntry> List(string root)
    {
        var store = new StateDirectory(RuntimePaths.Below(root));
        return [.. store.List().Select(name => EntryOrUnknown(store, root, name)).OfType<ListEntry>()];
    }

    /// <summary>As root's list has it: one that cannot be read must not hide the others.</summary>
    private static ListEntry? EntryOrUnknown(StateDirectory store, string root, string name)
    {
        try
        {
            return Entry(store, root, name);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            return new ListEntry(name, "unknown", [], string.Empty);
        }
    }

    private static ListEntry? Entry(StateDirectory store, string root, string name)
    {
        if (store.Load(name) is not { } record)
        {
            return null;
        }

        var hasEngines = record.Interfaces.All(i => i.Engine is null || EngineProcess.Find(i.Engine) is not null);
        var state = KeeperOf(root, name) is null ? "down" : hasEngines && !record.Interfaces.IsEmpty ? "up" : "closed";
        return new ListEntry(name, state, [.. record.Interfaces.Select(i => i.Ifname)], record.Config);
    }
}
