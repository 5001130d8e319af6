using System.Collections.Immutable;

namespace Wgns.Observation;

/// <summary>Looks at paths without following a symbolic link at their end.</summary>
internal static class FileReader
{
    /// <summary>DNS files are short; what is longer is not one of ours and compares as different.</summary>
    private const long MostBytes = 1 << 20;

    internal static ImmutableDictionary<string, ObservedFile> Read(IEnumerable<string> paths)
    {
        var files = ImmutableDictionary.CreateBuilder<string, ObservedFile>();
        foreach (var path in paths.Distinct())
        {
            if (Look(path) is { } file)
            {
                files[path] = file;
            }
        }

        return files.ToImmutable();
    }

    private static ObservedFile? Look(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null)
        {
            return new ObservedFile(FileKind.Symlink, null);
        }

        if (Directory.Exists(path))
        {
            return new ObservedFile(FileKind.Directory, null);
        }

        if (!info.Exists)
        {
            return null;
        }

        var isRegular = (info.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint)) == 0 && info.Length <= MostBytes;
        return isRegular
            ? new ObservedFile(FileKind.Regular, File.ReadAllText(path))
            : new ObservedFile(FileKind.Other, null);
    }
}
