namespace Wgns.Linux.Files;

/// <summary>A file that another process writes its log into.</summary>
public static class LogFile
{
    /// <summary>Opens for appending, made with mode 0600 where it is not there, never following a symbolic link.</summary>
    public static OwnedFd Open(string path)
    {
        using var directory = new OwnDirectory(path);
        return directory.Open(
            directory.Name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND, 0b110_000_000, $"open {path}");
    }
}
