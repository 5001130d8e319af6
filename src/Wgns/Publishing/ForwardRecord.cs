using System.Collections.Immutable;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Publishing;

/// <summary>
/// Which processes forward for a supervised namespace: they are inside, and neither programs of the user's that the namespace
/// is to be kept for, nor ones that a socket of the host's got into by accident.
/// </summary>
public static class ForwardRecord
{
    /// <summary>Of a pid and a start time each line.</summary>
    private const int MostBytes = 1 << 20;

    /// <summary>For what is open: more than --grace of a supervisor's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>With none there is no file.</summary>
    public static void Write(RuntimePaths paths, string name, IReadOnlyCollection<ProcessIdentity> processes)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(processes);
        if (processes.Count == 0)
        {
            File.Delete(paths.ForwardFile(name));
            return;
        }

        var lines = string.Concat(processes.Select(p => p.Text(' ') + "\n"));
        AtomicFile.Write(paths.ForwardFile(name), Encoding.ASCII.GetBytes(lines), Permissions.Everybody);
    }

    /// <summary>Those that run.</summary>
    public static ImmutableArray<ProcessIdentity> Find(RuntimePaths paths, string name)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return [.. Read(paths.ForwardFile(name)).Where(p => p.IsAlive())];
    }

    /// <summary>Ends them, and forgets them. A supervisor starts others where it still is to.</summary>
    public static void End(RuntimePaths paths, string name)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ProcessIdentity.EndAll(Find(paths, name), Patience);
        File.Delete(paths.ForwardFile(name));
    }

    private static IEnumerable<ProcessIdentity> Read(string path)
    {
        try
        {
            var text = PlainFile.TryRead(path, MostBytes) is { } bytes ? Encoding.ASCII.GetString(bytes) : string.Empty;
            return text.Split('\n').Select(l => ProcessIdentity.Read(l, ' ')).OfType<ProcessIdentity>();
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT || e.Errno == Errno.ENOTDIR)
        {
            return [];
        }
    }
}
