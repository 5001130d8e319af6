namespace Wgns.Linux.Files;

/// <summary>Files of /proc, by raw calls: for netns threads, too.</summary>
public static class ProcFile
{
    /// <summary>Null where there is none, as the tables of a protocol that the kernel does not have.</summary>
    public static byte[]? TryRead(string path)
    {
        using var file = new OwnedFd(Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        return !file.IsInvalid ? RawFile.ReadAll(file, $"read {path}")
            : Libc.LastErrno == Errno.ENOENT ? null
            : throw new KernelException($"open {path}", Libc.LastErrno);
    }
}
