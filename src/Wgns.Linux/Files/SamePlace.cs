namespace Wgns.Linux.Files;

/// <summary>Whether two absolute paths are one place, however they are written: /var/run/netns/x and /run/netns/./x.</summary>
public static class SamePlace
{
    /// <summary>
    /// By what they lead to where that is there; where it is not yet, by what their directories lead to and the names in them.
    /// </summary>
    public static bool Are(string one, string other)
    {
        var (a, b) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(one)), Path.TrimEndingDirectorySeparator(Path.GetFullPath(other)));
        return a == b
            || (Identity(a) is { } there ? there == Identity(b)
                : Identity(b) is null
                    && Path.GetFileName(a) == Path.GetFileName(b)
                    && Path.GetDirectoryName(a) is { } left && Path.GetDirectoryName(b) is { } right
                    && Are(left, right));
    }

    private static unsafe (ulong Device, ulong Inode)? Identity(string path)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &stat) == 0
            ? (stat.Device, stat.Inode)
            : null;
    }
}
