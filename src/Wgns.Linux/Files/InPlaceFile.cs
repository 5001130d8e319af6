namespace Wgns.Linux.Files;

/// <summary>A file that keeps its inode: services have it bind-mounted, and a renamed file would leave them with the old one.</summary>
public static class InPlaceFile
{
    /// <summary>
    /// Overwrites the file, or creates it with <paramref name="mode"/>. Readers never see it empty: it is written over
    /// and then cut to its length, so that a reader in between sees new text with an end of old.
    /// </summary>
    /// <exception cref="KernelException">ELOOP where the path is a symbolic link.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, uint mode)
    {
        using var directory = new OwnDirectory(path);
        using var file = directory.Open(directory.Name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_NONBLOCK, mode, $"open {path}");

        // Room first: on a disk that fills half way the file would be neither the old one nor the new. Not every file system can say.
        if (!bytes.IsEmpty && Libc.fallocate(file.Value, Libc.FALLOC_FL_KEEP_SIZE, 0, bytes.Length) != 0
            && Libc.LastErrno is var errno && (errno == Errno.ENOSPC || errno == Errno.EDQUOT))
        {
            throw new KernelException($"write {path}", errno);
        }

        RawFile.WriteAll(file, bytes, $"write {path}");
        Libc.Check(Libc.ftruncate(file.Value, bytes.Length), $"truncate {path}");
    }
}
