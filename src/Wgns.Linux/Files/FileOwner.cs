namespace Wgns.Linux.Files;

/// <summary>Whose a file is, as stat(2) has it.</summary>
/// <param name="Mode">The permission bits of inode(7), 0 to 07777.</param>
public readonly record struct FileOwner(uint Uid, uint Gid, uint Mode)
{
    /// <summary>
    /// Whether nobody but root and this process's user can change it. Its group may (0775 of a umask of 002) where that is root's.
    /// </summary>
    public bool IsOursAlone =>
        (Uid == 0 || Uid == OfThisProcess()) && (Mode & OthersWrite) == 0 && ((Mode & GroupWrite) == 0 || Gid == 0);

    private const uint GroupWrite = 0b010_000;
    private const uint OthersWrite = 0b000_010;

    /// <summary>Of the file itself: a symbolic link is not followed.</summary>
    /// <exception cref="KernelException">ENOENT, EACCES and the like.</exception>
    public static unsafe FileOwner Of(string path)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, path, Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, &stat) == 0
            ? new FileOwner(stat.Uid, stat.Gid, (uint)stat.Mode & 0xFFF)
            : throw new KernelException($"stat {path}", Libc.LastErrno);
    }

    /// <summary>The user that this process is, whose the files are that it makes.</summary>
    public static uint OfThisProcess() => Libc.geteuid();
}
