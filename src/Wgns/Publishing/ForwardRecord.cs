using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Publishing;

/// <summary>
/// Which process forwards for a supervised namespace: it is inside, and neither a program of the user's that the namespace
/// is to be kept for, nor one that a socket of the host's got into by accident.
/// </summary>
public static class ForwardRecord
{
    /// <summary>A pid and a start time.</summary>
    private const int MostBytes = 64;

    /// <summary>For what is open: more than --grace of a supervisor's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static void Write(RuntimePaths paths, string name, ProcessIdentity process)
    {
        ArgumentNullException.ThrowIfNull(paths);
        AtomicFile.Write(paths.ForwardFile(name), Encoding.ASCII.GetBytes(process.Text(' ') + "\n"), Permissions.Everybody);
    }

    /// <summary>Null where none runs.</summary>
    public static ProcessIdentity? Find(RuntimePaths paths, string name)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Read(paths.ForwardFile(name)) is { } found && found.IsAlive() ? found : null;
    }

    /// <summary>Ends it, and forgets it. A supervisor starts another one where it still is to.</summary>
    public static void End(RuntimePaths paths, string name)
    {
        ArgumentNullException.ThrowIfNull(paths);
        Find(paths, name)?.EndGracefully(Patience);
        File.Delete(paths.ForwardFile(name));
    }

    private static ProcessIdentity? Read(string path)
    {
        try
        {
            return PlainFile.TryRead(path, MostBytes) is { } bytes ? ProcessIdentity.Read(Encoding.ASCII.GetString(bytes).TrimEnd('\n'), ' ') : null;
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT || e.Errno == Errno.ENOTDIR)
        {
            return null;
        }
    }
}
