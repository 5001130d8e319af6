namespace Wgns.Linux.Files;

/// <summary>A file's new content, on the disk beside the old: what can fail of writing it has been done, and its place is one rename(2) away.</summary>
public sealed class StagedFile : IDisposable
{
    private readonly OwnDirectory _directory;
    private readonly string _temporary;
    private readonly string _path;
    private bool _isThere;

    private StagedFile(string path)
    {
        _path = path;
        _directory = new OwnDirectory(path);
        var temporary = $".{_directory.Name}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
        _temporary = temporary.Length > 255 ? temporary[^64..] : temporary;
    }

    /// <param name="mode">The permissions, exactly: the umask does not count, and they hold from the first byte on.</param>
    /// <param name="fsync">Whether to wait for the disk.</param>
    /// <exception cref="KernelException">ENOSPC, EROFS and the like: nothing is left of it.</exception>
    public static StagedFile Write(string path, ReadOnlySpan<byte> bytes, uint mode, bool fsync = true)
    {
        var staged = new StagedFile(path);
        try
        {
            staged.Fill(bytes, mode, fsync);
            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>Puts it in the place of what is there, if anything is.</summary>
    public void Place(bool fsync = true)
    {
        Libc.Check(Libc.renameat(_directory.Fd, _temporary, _directory.Fd, _directory.Name), $"replace {_path}");
        _isThere = false;
        Sync(fsync);
    }

    /// <summary>Puts it where nothing is.</summary>
    /// <exception cref="KernelException">EEXIST: there is something, which is as it was.</exception>
    internal void PlaceNew()
    {
        // A second name is refused where there is a file, and the first then goes as after a failure. Without hard links it is
        // EPERM (FAT) or what a file system in userspace says, and then one that came meanwhile is replaced.
        if (IsLinked())
        {
            Sync(fsync: true);
        }
        else
        {
            Place();
        }
    }

    /// <summary>What was not placed is taken away.</summary>
    public void Dispose()
    {
        if (_isThere)
        {
            _ = Libc.unlinkat(_directory.Fd, _temporary, 0);
        }

        _directory.Dispose();
    }

    private void Fill(ReadOnlySpan<byte> bytes, uint mode, bool fsync)
    {
        // What a crash of an earlier process with our number left.
        _ = Libc.unlinkat(_directory.Fd, _temporary, 0);
        using var file = _directory.Open(_temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL, mode & Permissions.OwnerOnly, $"create a file beside {_path}");
        _isThere = true;
        RawFile.WriteAll(file, bytes, $"write {_path}");
        Libc.Check(Libc.fchmod(file.Value, mode), $"set the mode of {_path}");
        Libc.Check(fsync ? Libc.fsync(file.Value) : 0, $"sync {_path}");
    }

    private void Sync(bool fsync) => Libc.Check(fsync ? Libc.fsync(_directory.Fd) : 0, $"sync the directory of {_path}");

    private bool IsLinked()
    {
        var result = Libc.linkat(_directory.Fd, _temporary, _directory.Fd, _directory.Name, 0);
        if (result != 0 && (Libc.LastErrno == Errno.EPERM || Libc.LastErrno == Errno.EOPNOTSUPP || Libc.LastErrno == Errno.ENOSYS))
        {
            return false;
        }

        Libc.Check(result, $"create {_path}");
        return true;
    }
}
