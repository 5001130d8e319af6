namespace Wgns.Linux.Files;

/// <summary>A file's directory, open, and its name in it: what happens to the file then cannot be led elsewhere.</summary>
/// <remarks>The directories on the way are followed as they are; only the last part must not be a symbolic link.</remarks>
internal sealed class OwnDirectory : IDisposable
{
    private readonly OwnedFd _fd;

    internal OwnDirectory(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Name = Path.GetFileName(path);
        if (Name is "" or "." or "..")
        {
            throw new ArgumentException($"'{path}' names no file", nameof(path));
        }

        var directory = Path.GetDirectoryName(path);
        directory = string.IsNullOrEmpty(directory) ? "." : directory;
        var flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC;
        _fd = new OwnedFd(Libc.openat(Libc.AT_FDCWD, directory, flags, 0));
        if (_fd.IsInvalid)
        {
            throw new KernelException($"open {directory}", Libc.LastErrno);
        }
    }

    internal int Fd => _fd.Value;

    internal string Name { get; }

    public void Dispose() => _fd.Dispose();

    internal OwnedFd Open(string name, int flags, uint mode, string operation)
    {
        var fd = Libc.openat(Fd, name, flags | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, mode);
        return fd >= 0 ? new OwnedFd(fd) : throw new KernelException(operation, Libc.LastErrno);
    }
}
