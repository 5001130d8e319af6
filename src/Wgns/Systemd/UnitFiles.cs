using System.Collections.Immutable;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;

namespace Wgns.Systemd;

/// <summary>What happened, or would happen, to one file.</summary>
public enum UnitFileChange
{
    Written,
    Changed,
    Unchanged,
}

/// <summary>The units and drop-ins that wgns wrote under /etc/systemd/system, and no other.</summary>
/// <param name="root">That directory; tests have another.</param>
public sealed class UnitFiles(string root = UnitFiles.Directory)
{
    public const string Directory = "/etc/systemd/system";

    /// <summary>A unit takes kilobytes.</summary>
    private const long MostBytes = 1 << 20;

    /// <summary>Everything of ours for a namespace, or for all where that is null; units before the drop-ins, by name.</summary>
    public ImmutableArray<UnitFile> List(string? name = null) => !System.IO.Directory.Exists(root) ? [] :
    [
        .. new[] { string.Empty }
            .Concat(System.IO.Directory.EnumerateDirectories(root, "*.d").Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal))
            .SelectMany(In)
            .Where(f => name is null || f.Namespace == name),
    ];

    /// <summary>The one there that stands in the way: a file of that name which wgns did not write. Null where there is none.</summary>
    /// <param name="other">What it is, where wgns wrote it for another namespace.</param>
    public string? Stranger(UnitFile file, out UnitFile? other)
    {
        ArgumentNullException.ThrowIfNull(file);
        var path = PathOf(file);
        other = Read(file.Directory, file.Name);
        return (Path.Exists(path) || new FileInfo(path).LinkTarget is not null) && other?.Namespace != file.Namespace ? path : null;
    }

    public UnitFileChange Change(UnitFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Read(file.Directory, file.Name) is not { } there ? UnitFileChange.Written
            : there.Content == file.Content ? UnitFileChange.Unchanged
            : UnitFileChange.Changed;
    }

    /// <summary>
    /// All of them or none: each is on the disk beside the one that it is to replace before the first takes its place. Nobody else
    /// may be writing them now.
    /// </summary>
    /// <param name="stop">Is looked at until the first takes its place; from then on all do.</param>
    /// <exception cref="KernelException">ENOSPC, EROFS and the like: what was there is as it was.</exception>
    /// <exception cref="OperationCanceledException">It was stopped: what was there is as it was.</exception>
    public void Write(IReadOnlyCollection<UnitFile> files, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        var staged = new List<StagedFile>();
        var made = new List<string>();
        try
        {
            foreach (var path in files.Select(PathOf))
            {
                AtomicFile.Sweep(path);
                var directory = Path.GetDirectoryName(path)!;
                if (!System.IO.Directory.Exists(directory))
                {
                    OpenDirectory.Create(directory);
                    made.Add(directory);
                }
            }

            foreach (var file in files)
            {
                stop.ThrowIfCancellationRequested();
                staged.Add(StagedFile.Write(PathOf(file), Encoding.UTF8.GetBytes(file.Content), Permissions.Everybody));
            }

            stop.ThrowIfCancellationRequested();
            staged.ForEach(s => s.Place());
        }
        finally
        {
            staged.ForEach(s => s.Dispose());
            made.Where(System.IO.Directory.Exists).Where(IsEmpty).ToList().ForEach(System.IO.Directory.Delete);
        }
    }

    /// <summary>The file, and its directory where that is empty then.</summary>
    public void Remove(UnitFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        AtomicFile.Sweep(PathOf(file));
        File.Delete(PathOf(file));
        var directory = Path.GetDirectoryName(PathOf(file))!;
        if (file.Directory.Length > 0 && IsEmpty(directory))
        {
            System.IO.Directory.Delete(directory);
        }
    }

    public string PathOf(UnitFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return $"{root}/{file.Path}";
    }

    private static bool IsEmpty(string directory) => !System.IO.Directory.EnumerateFileSystemEntries(directory).Any();

    private IEnumerable<UnitFile> In(string directory) =>
        System.IO.Directory.EnumerateFiles($"{root}/{directory}")
            .Select(f => Path.GetFileName(f))
            .Where(f => f.Contains("wgns", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => Read(directory, f))
            .OfType<UnitFile>();

    // Links are never ours: AtomicFile writes files.
    private UnitFile? Read(string directory, string name)
    {
        try
        {
            return PlainFile.TryRead($"{root}/{directory}/{name}", MostBytes) is { } bytes ? UnitFile.TryParse(directory, name, bytes) : null;
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT || e.Errno == Errno.ELOOP || e.Errno == Errno.ENOTDIR)
        {
            return null;
        }
    }
}
