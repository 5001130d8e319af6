namespace Wgns.Linux.Files;

/// <summary>Files of which it is not known what they are.</summary>
public static class PlainFile
{
    /// <summary>As the kernel follows (path_resolution(7)).</summary>
    private const int MostLinks = 40;

    private static readonly string[] DescriptorFiles = ["/dev/stdin", "/dev/stdout", "/dev/stderr"];

    private static readonly string[] DescriptorDirectories = ["/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"];

    /// <summary>Whether it is a pipe, by itself or by a symbolic link: opening one waits for a writer, and what was read is gone.</summary>
    public static unsafe bool IsPipe(string path)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &stat) == 0 && (stat.Mode & Libc.S_IFMT) == Libc.S_IFIFO;
    }

    /// <summary>
    /// Whether the path means a descriptor of the very process that opens it ("/dev/stdin", "/dev/fd/3"), by itself or by a symbolic
    /// link: in another process than it was written for it is another file.
    /// </summary>
    public static bool IsOwnDescriptor(string path)
    {
        var full = Path.GetFullPath(path);
        for (var links = 0; links < MostLinks; links++)
        {
            if (DescriptorFiles.Contains(full) || DescriptorDirectories.Any(d => full.StartsWith(d, StringComparison.Ordinal)))
            {
                return true;
            }

            if (new FileInfo(full).LinkTarget is not { } target)
            {
                return false;
            }

            full = Path.GetFullPath(target, Path.GetDirectoryName(full)!);
        }

        return false;
    }

    /// <summary>
    /// The content, or null where it is no regular file or longer than <paramref name="most"/> bytes. Follows no symbolic
    /// link, and waits for nobody: opening a pipe would hang until someone writes into it.
    /// </summary>
    /// <exception cref="KernelException">ENOENT, EACCES and the like.</exception>
    public static unsafe byte[]? TryRead(string path, long most)
    {
        using var directory = new OwnDirectory(path);
        using var file = directory.Open(directory.Name, Libc.O_PATH, 0, $"open {path}");
        Libc.Statx stat;
        Libc.Check(Libc.statx(file.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat), $"stat {path}");

        if ((stat.Mode & Libc.S_IFMT) != Libc.S_IFREG || stat.Size > (ulong)most)
        {
            return null;
        }

        using var readable = directory.Open(directory.Name, Libc.O_RDONLY | Libc.O_NONBLOCK, 0, $"open {path}");
        return RawFile.ReadAll(readable, $"read {path}");
    }
}
