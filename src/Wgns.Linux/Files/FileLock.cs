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
            var file = directory.Open(directory.Name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NONBLOCK, Permissions.OwnerOnly, $"open {path}");
            try
            {
                if (!Lock(file, path, patience, waiting))
                {
                    file.Dispose();
                    return null;
                }

                if (HasName(file))
                {
                    return new FileLock(file, path);
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose();
        }
    }

    /// <summary>Of a directory that is there; null where another has it.</summary>
    /// <exception cref="KernelException">ENOENT; ENOTDIR where it is none, or a symbolic link.</exception>
    public static FileLock? TryTakeDirectory(string path)
    {
        var directory = new OwnedFd(Libc.openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0));
        if (directory.IsInvalid)
        {
            throw new KernelException($"open {path}", Libc.LastErrno);
        }

        try
        {
            if (Lock(directory, path, TimeSpan.Zero, null))
            {
                return new FileLock(directory, path);
            }
        }
        catch
        {
            directory.Dispose();
            throw;
        }

        directory.Dispose();
        return null;
    }

    /// <summary>Removes the file, while the lock is held.</summary>
    public void Unlink() => File.Delete(_path);

    public void Dispose() => _file.Dispose();

    private static unsafe bool HasName(OwnedFd file)
    {
        Libc.Statx stat;
        return Libc.statx(file.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) == 0
            ? stat.LinkCount > 0
            : throw new KernelException("stat a lock", Libc.LastErrno);
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
