using System.Collections.Immutable;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;

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

    /// <summary>Content of what a symbolic link leads to, by as many as there are; null where that is no file.</summary>
    internal static string? Behind(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: true) is { } end ? Look(end.FullName)?.Content : null;
        }
        catch (IOException)
        {
            return null; // it has gone, or the links lead round
        }
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

        try
        {
            return PlainFile.TryRead(path, MostBytes) is { } content
                ? new ObservedFile(FileKind.Regular, Encoding.UTF8.GetString(content))
                : new ObservedFile(FileKind.Other, null);
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT)
        {
            return null; // removed while we looked
        }
    }
}
