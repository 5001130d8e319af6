namespace Wgns.Linux.Files;

/// <summary>The modes (chmod(2)) of what is made here.</summary>
public static class Permissions
{
    /// <summary>0600, of a file.</summary>
    public const uint OwnerOnly = 0b110_000_000;

    /// <summary>0644, of a file that everybody may read.</summary>
    public const uint Everybody = 0b110_100_100;

    /// <summary>0755, of a directory that everybody may look into.</summary>
    public const uint EverybodysDirectory = 0b111_101_101;

    /// <summary>Whether every user of the machine may read a file, or write to it.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public static bool LetEverybodyIn(string path) => (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0;
}
