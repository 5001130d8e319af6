using System.Globalization;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Rootless;

/// <summary>Where a user's own namespaces have their records: $XDG_RUNTIME_DIR/wgns, which nobody else can look into.</summary>
public static class UserDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// For root /run/wgns. Without XDG_RUNTIME_DIR /run/user/UID, where it is there and the user's own, else /tmp/wgns-UID.
    /// </summary>
    public static string PathFor(uint uid, string? runtimeDirectory)
    {
        var usual = string.Create(CultureInfo.InvariantCulture, $"/run/user/{uid}");
        return uid == 0 ? RuntimePaths.System.State
            : runtimeDirectory is ['/', ..] && Directory.Exists(runtimeDirectory) ? $"{runtimeDirectory.TrimEnd('/')}/wgns"
            : Directory.Exists(usual) && FileOwner.Of(usual).Uid == uid ? usual + "/wgns"
            : string.Create(CultureInfo.InvariantCulture, $"/tmp/wgns-{uid}");
    }

    /// <summary>This user's; in /tmp it may be anybody's.</summary>
    public static string Path => PathFor(FileOwner.OfThisProcess(), Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"));

    /// <summary>
    /// To be read, there or not: what its records name is run and removed, as what they say are processes of ours is entered.
    /// </summary>
    /// <exception cref="OperationFailedException">It is another's, a link, or open to others.</exception>
    public static string Own()
    {
        var path = Path;
        try
        {
            if (FileOwner.OfThisProcess() != 0 && IsThere(path))
            {
                RefuseOthers(path);
            }
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            // The last that was kept there has just gone.
        }

        return path;
    }

    /// <summary>Makes it where it is not there.</summary>
    /// <exception cref="OperationFailedException">It is another's, a link, or open to others.</exception>
    public static string Create()
    {
        var path = Path;
        if (FileOwner.OfThisProcess() == 0)
        {
            RuntimePaths.System.CreateState();
            return path;
        }

        if (!IsThere(path))
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }

        RefuseOthers(path);
        return path;
    }

    /// <summary>
    /// A directory for what goes with this process: only a place to mount something on. Those of processes that have ended
    /// are taken away.
    /// </summary>
    public static string CreateForThisRun()
    {
        var top = Create();
        Sweep(top);
        var own = ProcessIdentity.Of(Environment.ProcessId) ?? throw new OperationFailedException("/proc/self/stat cannot be read");
        var path = $"{top}/{RuntimePaths.OfOneRun}{own.Text('-')}";
        Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }

    /// <summary>
    /// Takes away one of them, and the directory that they are in where nothing else is there. Of what a user keeps that one alone: it is
    /// in the session's.
    /// </summary>
    public static void Remove(string path)
    {
        RemoveIfEmpty(path);
        if (RuntimePaths.IsOfOneRun(path) && System.IO.Path.GetDirectoryName(path) is { } top && top != RuntimePaths.System.State)
        {
            RemoveIfEmpty(top);
        }
    }

    /// <summary>Takes away the directories of what a user keeps where the last of it has gone.</summary>
    public static void Tidy(RuntimePaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var path in (string[])[paths.Netns, paths.EtcNetns, paths.Uapi, paths.State])
        {
            RemoveIfEmpty(path);
        }
    }

    // Whatever it is: a link to nowhere, too.
    private static bool IsThere(string path) => System.IO.Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static void RefuseOthers(string path)
    {
        var isDirectory = new DirectoryInfo(path) is { Exists: true, LinkTarget: null };
        var owner = FileOwner.Of(path);
        if (!isDirectory || owner.Uid != FileOwner.OfThisProcess() || (owner.Mode & 0x3F) != 0)
        {
            throw new OperationFailedException($"{path} must be a directory of yours alone, and is not; remove it, or set XDG_RUNTIME_DIR");
        }
    }

    private static void Sweep(string top)
    {
        foreach (var path in Directory.EnumerateDirectories(top, RuntimePaths.OfOneRun + "*-*"))
        {
            if (ProcessIdentity.Read(System.IO.Path.GetFileName(path)[RuntimePaths.OfOneRun.Length..], '-') is { } owner && ProcessIdentity.Of(owner.Pid) != owner)
            {
                RemoveLeft(path);
            }
        }
    }

    /// <summary>
    /// One whose owner was killed may have its keeper for as long as the way down takes. Its mount would go with the directory, and what
    /// it still writes there would stay on the machine.
    /// </summary>
    private static void RemoveLeft(string path)
    {
        try
        {
            using var free = FileLock.TryTakeDirectory(path);
            if (free is not null)
            {
                RemoveIfEmpty(path);
            }
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            // Somebody else was quicker.
        }
    }

    private static void RemoveIfEmpty(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // Something is in it, or somebody else was quicker.
        }
    }
}
