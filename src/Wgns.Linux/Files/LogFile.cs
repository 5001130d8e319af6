namespace Wgns.Linux.Files;

/// <summary>A file that another process writes its log into.</summary>
public static class LogFile
{
    /// <summary>
    /// Opens for appending, made with mode 0600 where it is not there, never following a symbolic link. A FIFO that nobody reads
    /// is an error (ENXIO), and no wait.
    /// </summary>
    /// <exception cref="KernelException">It cannot be opened.</exception>
    public static OwnedFd Open(string path)
    {
        using var directory = new OwnDirectory(path);
        return directory.Open(
            directory.Name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_NONBLOCK, Permissions.OwnerOnly, $"open {path}");
    }

    /// <summary>Empties one that has grown longer. Who writes to it, opened for appending, goes on at its new end.</summary>
    public static Errno Empty(OwnedFd log, long longerThan)
    {
        ArgumentNullException.ThrowIfNull(log);
        return Libc.lseek(log.Value, 0, Libc.SEEK_END) > longerThan && Libc.ftruncate(log.Value, 0) != 0 ? Libc.LastErrno : Errno.None;
    }

    /// <summary>One without a name, which goes with the last who has it open (memfd_create(2)).</summary>
    /// <exception cref="KernelException">It cannot be made.</exception>
    public static OwnedFd InMemory()
    {
        var log = new OwnedFd(Libc.memfd_create("log", Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING));
        if (log.IsInvalid || Libc.fcntl(log.Value, Libc.F_SETFL, Libc.O_APPEND) < 0)
        {
            var errno = Libc.LastErrno;
            log.Dispose();
            throw new KernelException("create a file in memory", errno);
        }

        return log;
    }

    /// <summary>
    /// For one <see cref="InMemory"/> that nobody empties any more: who still writes to it may write <paramref name="most"/> bytes, and gets
    /// EPERM from then on. That ends nobody, as a pipe without a reader would.
    /// </summary>
    public static Errno Bound(OwnedFd log, long most)
    {
        ArgumentNullException.ThrowIfNull(log);

        // Their descriptors are copies of ours, with one offset for all.
        return Libc.ftruncate(log.Value, most) != 0
            || Libc.fcntl(log.Value, Libc.F_ADD_SEALS, Libc.F_SEAL_GROW) < 0
            || Libc.fcntl(log.Value, Libc.F_SETFL, 0) < 0
            || Libc.lseek(log.Value, 0, Libc.SEEK_SET) < 0 ? Libc.LastErrno : Errno.None;
    }
}
