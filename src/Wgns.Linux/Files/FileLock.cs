using System.Diagnostics;

namespace Wgns.Linux.Files;

/// <summary>An exclusive flock(2): one wgns at a time. The kernel lets go of it when the process ends, however it does.</summary>
/// <remarks>
/// Its holder may remove the file: who then gets the lock of the removed one sees that it has no name any more, and
/// begins anew with the file that has it now. Without that look two could hold the lock at once.
/// </remarks>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly OwnedFd _file;
    private readonly string _path;

    private FileLock(OwnedFd file, string path) => (_file, _path) = (file, path);

    /// <summary>Takes the lock, waiting for it at most <paramref name="patience"/>; null where another still has it then.</summary>
    /// <param name="path">Created with mode 0600 where it is not there; never followed where it is a symbolic link.</param>
    /// <param name="patience">Zero asks once; <see cref="Timeout.InfiniteTimeSpan"/> waits for good.</param>
    /// <param name="waiting">Called once, before the first wait: to say "waiting for another wgns".</param>
    public static FileLock? TryTake(string path, TimeSpan patience, Action? waiting = null)
    {
        using var directory = new OwnDirectory(path);
        while (true)
        {
            const int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_NONBLOCK;
            var taken = Taken(directory.Open(directory.Name, flags, Permissions.OwnerOnly, $"open {path}"), path, patience, waiting);
            if (taken?.HasName() != false)
            {
                return taken;
            }

            taken.Dispose();
        }
    }

    /// <summary>Of a directory that is there; null where another has it.</summary>
    /// <exception cref="KernelException">ENOENT; ENOTDIR where it is none, or a symbolic link.</exception>
    public static FileLock? TryTakeDirectory(string path)
    {
        using var parent = new OwnDirectory(path);
        return Taken(parent.Open(parent.Name, Libc.O_RDONLY | Libc.O_DIRECTORY, 0, $"open {path}"), path, TimeSpan.Zero, null);
    }

    /// <summary>Removes the file, while the lock is held.</summary>
    public void Unlink() => File.Delete(_path);

    public void Dispose() => _file.Dispose();

    private unsafe bool HasName()
    {
        Libc.Statx stat;
        return Libc.statx(_file.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) == 0
            ? stat.LinkCount > 0
            : throw new KernelException("stat a lock", Libc.LastErrno);
    }

    private static FileLock? Taken(OwnedFd file, string path, TimeSpan patience, Action? waiting)
    {
        var isLocked = false;
        try
        {
            isLocked = Lock(file, path, patience, waiting);
            return isLocked ? new FileLock(file, path) : null;
        }
        finally
        {
            if (!isLocked)
            {
                file.Dispose();
            }
        }
    }

    private static bool Lock(OwnedFd file, string path, TimeSpan patience, Action? waiting)
    {
        var since = Stopwatch.GetTimestamp();
        for (var first = true; ; first = false)
        {
            if (Libc.flock(file.Value, Libc.LOCK_EX | Libc.LOCK_NB) == 0)
            {
                return true;
            }

            if (Libc.LastErrno != Errno.EAGAIN && Libc.LastErrno != Errno.EINTR)
            {
                throw new KernelException($"lock {path}", Libc.LastErrno);
            }

            // flock has no timeout, so a bounded wait can only ask again.
            if (patience != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(since) >= patience)
            {
                return false;
            }

            if (first)
            {
                waiting?.Invoke();
            }

            Thread.Sleep(Pause);
        }
    }
}
