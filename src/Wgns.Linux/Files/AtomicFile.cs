namespace Wgns.Linux.Files;

/// <summary>A file that is there whole, old or new, whatever happens meanwhile.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a temporary file beside it and renames that over it: readers, and a machine that loses power, see the old
    /// content or the new. The inode changes (<see cref="InPlaceFile"/> keeps it). A symbolic link is replaced, not followed.
    /// </summary>
    /// <param name="mode">The permissions, exactly: the umask does not count, and they hold from the first byte on.</param>
    /// <param name="fsync">Whether to wait for the disk; not needed on tmpfs, harmless there.</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, uint mode, bool fsync = true)
    {
        using var directory = new OwnDirectory(path);
        var temporary = $".{directory.Name}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
        if (temporary.Length > 255)
        {
            temporary = temporary[^64..];
        }

        // What a crash of an earlier process with our number left.
        _ = Libc.unlinkat(directory.Fd, temporary, 0);
        var created = false;
        try
        {
            using (var file = directory.Open(temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL, mode & 0x180, $"create a file beside {path}"))
            {
                created = true;
                RawFile.WriteAll(file, bytes, $"write {path}");
                Ok(Libc.fchmod(file.Value, mode), $"set the mode of {path}");
                Ok(fsync ? Libc.fsync(file.Value) : 0, $"sync {path}");
            }

            Ok(Libc.renameat(directory.Fd, temporary, directory.Fd, directory.Name), $"replace {path}");
            created = false;
            Ok(fsync ? Libc.fsync(directory.Fd) : 0, $"sync the directory of {path}");
        }
        finally
        {
            if (created)
            {
                _ = Libc.unlinkat(directory.Fd, temporary, 0);
            }
        }
    }

    /// <summary>Removes what writers of a file left beside it that were killed. None may be writing it now.</summary>
    public static void Sweep(string path)
    {
        var prefix = $".{Path.GetFileName(path)}.";
        if (Path.GetDirectoryName(path) is not { Length: > 0 } directory || !Directory.Exists(directory))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(directory, ".*"))
        {
            var name = Path.GetFileName(file.AsSpan());
            if (name.StartsWith(prefix) && IsOfAWriter(name[prefix.Length..]))
            {
                File.Delete(file);
            }
        }
    }

    // PID.THREAD and nothing else: ".a.json.5.json.7.1" belongs to another file, a.json.5.json.
    private static bool IsOfAWriter(ReadOnlySpan<char> ending) =>
        ending.IndexOf('.') is > 0 and var dot
        && dot < ending.Length - 1
        && !ending[..dot].ContainsAnyExceptInRange('0', '9')
        && !ending[(dot + 1)..].ContainsAnyExceptInRange('0', '9');

    private static void Ok(int result, string operation)
    {
        if (result != 0)
        {
            throw new KernelException(operation, Libc.LastErrno);
        }
    }
}
