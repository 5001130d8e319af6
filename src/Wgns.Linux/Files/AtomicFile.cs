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
        using var staged = StagedFile.Write(path, bytes, mode, fsync);
        staged.Place(fsync);
    }

    /// <summary>The same where there is no file of that name, though somebody may be making it at this moment.</summary>
    /// <exception cref="KernelException">EEXIST: there is one, which is as it was.</exception>
    public static void Create(string path, ReadOnlySpan<byte> bytes, uint mode)
    {
        using var staged = StagedFile.Write(path, bytes, mode);
        staged.PlaceNew();
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
}
