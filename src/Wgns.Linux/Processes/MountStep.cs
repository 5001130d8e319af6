using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>One mount(2) in the command's own mount namespace.</summary>
/// <param name="Source">
/// For a bind, the file or directory, absolute: what stood there before any of the steps, though one may have covered it
/// meanwhile. Else what shows as the device.
/// </param>
/// <param name="Target">What the mount comes over.</param>
/// <param name="Type">tmpfs, overlay, …; null for a bind.</param>
/// <param name="Data">The file system's options.</param>
/// <param name="Recursive">For a bind: with the mounts below it.</param>
/// <param name="ReadOnly">A tmpfs becomes so when all steps are done: others make their targets on it.</param>
/// <param name="Required">
/// Whether a failure stops the command: true wherever the mount keeps something in (a mask, DNS files). Where it is false,
/// only a source or a target that is not there is passed over.
/// </param>
public sealed record MountStep(
    string Source,
    string Target,
    string? Type = null,
    string? Data = null,
    bool Recursive = false,
    bool ReadOnly = false,
    bool Required = true)
{
    /// <summary>Whether the target is made where it is missing: a directory, or a file, as the source is.</summary>
    public bool MakesTarget { get; init; }

    /// <summary>
    /// For a bind, names of entries of the source: each is bound on its namesake in the target, and the source as a whole is not.
    /// </summary>
    public ImmutableArray<string> Entries { get; init; } = [];

    /// <summary>Made before the mount, with the directories above them.</summary>
    public ImmutableArray<NewPath> Creates { get; init; } = [];

    /// <summary>Read-only by a second call.</summary>
    internal bool IsReadOnlyLater => ReadOnly && (Type is null or "tmpfs");

    internal nuint Flags =>
        Type is null ? Libc.MS_BIND | (Recursive ? Libc.MS_REC : 0)
        : (Type == "tmpfs" ? Libc.MS_NOSUID | Libc.MS_NODEV : 0) | (ReadOnly && !IsReadOnlyLater ? Libc.MS_RDONLY : 0);
}

/// <summary>An empty file or directory, readable by everybody, or a symbolic link.</summary>
/// <param name="LinkTo">What it leads to; null for a file or directory.</param>
public sealed record NewPath(string Path, bool IsDirectory, string? LinkTo = null);
