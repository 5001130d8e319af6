using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;

namespace Wgns.Systemd;

/// <summary>
/// Units of one namespace that are to be restarted because their files change. Systemd does not tell whether one runs by what it read
/// of the file before, so this is on the disk from before the change until after the restart, whatever stops the command between.
/// </summary>
/// <remarks>Below /run, as what runs: neither outlives a start of the machine.</remarks>
public sealed class UnitsToRestart(RuntimePaths paths, string name)
{
    /// <summary>Each name takes 255 at most.</summary>
    private const long MostBytes = 1 << 20;

    /// <summary>Those that an earlier command left.</summary>
    public IReadOnlyList<string> Left()
    {
        try
        {
            return PlainFile.TryRead(paths.UnitsToRestart(name), MostBytes) is { } bytes
                ? Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : [];
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            return [];
        }
    }

    public void Save(IReadOnlyCollection<string> units)
    {
        ArgumentNullException.ThrowIfNull(units);
        if (units.Count == 0)
        {
            Clear();
            return;
        }

        paths.CreateState();
        AtomicFile.Write(paths.UnitsToRestart(name), Encoding.UTF8.GetBytes(string.Join('\n', units) + "\n"), Permissions.Everybody);
    }

    public void Clear()
    {
        var path = paths.UnitsToRestart(name);
        AtomicFile.Sweep(path);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
