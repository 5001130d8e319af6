namespace Wgns.Linux.Files;

/// <summary>Files of /proc, by raw calls: for netns threads, too.</summary>
public static class ProcFile
{
    /// <summary>Null where there is none, as the tables of a protocol that the kernel does not have.</summary>
    public static byte[]? TryRead(string path)
    {
        using var file = TryOpen(path, Libc.O_RDONLY);
        return file is null ? null : RawFile.ReadAll(file, $"read {path}");
    }

    internal static OwnedFd? TryOpen(string path, int flags)
    {
        var fd = Libc.openat(Libc.AT_FDCWD, path, flags | Libc.O_CLOEXEC, 0);
        return fd >= 0 ? new OwnedFd(fd)
            : Libc.LastErrno == Errno.ENOENT ? null
            : throw new KernelException($"open {path}", Libc.LastErrno);
    }
}
