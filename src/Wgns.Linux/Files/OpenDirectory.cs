namespace Wgns.Linux.Files;

/// <summary>Directories that everybody may look into and nobody but their owner may change (0755), whatever the umask is.</summary>
public static class OpenDirectory
{
    private const UnixFileMode Mode = (UnixFileMode)Permissions.EverybodysDirectory;

    /// <summary>Makes it, and those above it, where it is not there.</summary>
    /// <exception cref="IOException">Something else is there, or the file system is full or read-only.</exception>
    /// <exception cref="UnauthorizedAccessException">EACCES or EPERM.</exception>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } above)
        {
            Create(above);
        }

        // With its mode from the first moment on, as far as the umask lets it: with none, others could put something in before chmod(2).
        Directory.CreateDirectory(path, Mode);
        File.SetUnixFileMode(path, Mode);
    }
}
