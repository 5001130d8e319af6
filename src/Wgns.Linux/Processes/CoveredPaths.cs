namespace Wgns.Linux.Processes;

/// <summary>Directories as they were before a mount came over them, held open, so that binds can still be made of what is in them.</summary>
internal sealed class CoveredPaths : IDisposable
{
    private readonly List<(string Path, OwnedFd Fd)> _covered = [];

    /// <summary>To be called before the mount.</summary>
    internal void Keep(string directory)
    {
        var fd = new OwnedFd(Libc.openat(Libc.AT_FDCWD, directory, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0));
        if (fd.IsInvalid)
        {
            var errno = Libc.LastErrno;
            fd.Dispose();

            // Made for the mount: nothing was there.
            if (errno == Errno.ENOENT)
            {
                return;
            }

            throw new KernelException($"open {directory}", errno);
        }

        _covered.Add((directory, fd));
    }

    /// <summary>Opens what an absolute path meant before everything; a symbolic link at its end is followed.</summary>
    internal OwnedFd Open(string path)
    {
        foreach (var (directory, fd) in _covered)
        {
            if (path == directory)
            {
                return new OwnedFd(Libc.openat(fd.Value, ".", Libc.O_PATH | Libc.O_CLOEXEC, 0));
            }

            if (path.StartsWith(directory, StringComparison.Ordinal) && path.Length > directory.Length && path[directory.Length] == '/')
            {
                return new OwnedFd(Libc.openat(fd.Value, path[(directory.Length + 1)..], Libc.O_PATH | Libc.O_CLOEXEC, 0));
            }
        }

        return new OwnedFd(Libc.openat(Libc.AT_FDCWD, path, Libc.O_PATH | Libc.O_CLOEXEC, 0));
    }

    public void Dispose()
    {
        foreach (var (_, fd) in _covered)
        {
            fd.Dispose();
        }
    }
}
