namespace Wgns.Linux.Processes;

/// <summary>The directory that a command starts in, by raw calls, once the mounts are its own.</summary>
/// <remarks>
/// Whoever stands in a directory stays there though a mount covers it: with the host's directory the command would keep all that
/// was to be left out of it, also by "..", also where the directory itself was removed.
/// </remarks>
public static unsafe class WorkingPlace
{
    /// <summary>Where this process is; null where that was removed, or is in another mount namespace: then it has no name inside either.</summary>
    public static string? Name()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Stays, but enters the directory again, as it is inside, where one of the mounts covers it.</summary>
    /// <param name="directory">Where the process is; null where that has no name.</param>
    internal static void Keep(string? directory, IReadOnlyList<MountStep> mounts)
    {
        if (directory is null)
        {
            throw new KernelException("stay in a directory without a name, as one that was removed", Errno.ENOENT);
        }

        if (IsIn(PrivateMounts.Sys, directory) || mounts.Any(m => m.Type is not null && IsIn(m.Target, directory)))
        {
            Change(directory, $"stay in {directory}, which is not there inside");
        }
    }

    /// <param name="asked">Absolute, or as seen from <paramref name="directory"/>.</param>
    internal static void Enter(string asked, string? directory)
    {
        var operation = $"start in {asked}";
        Change(
            asked.StartsWith('/') ? asked : directory is null ? throw new KernelException(operation, Errno.ENOENT) : $"{directory}/{asked}",
            operation);
    }

    private static bool IsIn(string root, string path) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');

    private static void Change(string directory, string operation)
    {
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(directory + "\0"))
        {
            Libc.Check(Libc.syscall(Syscall.chdir, (nint)path, 0, 0, 0), operation);
        }
    }
}
