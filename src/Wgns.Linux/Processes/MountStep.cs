using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>One mount(2) in the command's own mount namespace.</summary>
/// <param name="Source">For a bind, the file or directory; else what shows as the device.</param>
/// <param name="Type">tmpfs, overlay, …; null for a bind.</param>
/// <param name="Data">The file system's options.</param>
/// <param name="Recursive">For a bind: with the mounts below it.</param>
/// <param name="Required">
/// Whether a failure stops the command: true wherever the mount keeps something in (a mask, DNS files).
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
    internal nuint Flags =>
        (Type is null ? Libc.MS_BIND | (Recursive ? Libc.MS_REC : 0) : 0) | (Type is not null && ReadOnly ? Libc.MS_RDONLY : 0);
}

/// <summary>The files of <c>/etc/netns/NAME</c>, which stand for those of <c>/etc</c> inside (ip-netns(8)).</summary>
public static class EtcFiles
{
    // Without these the host's resolvers would answer.
    private static readonly ImmutableArray<string> Leaky = ["resolv.conf", "nsswitch.conf", "hosts"];

    /// <summary>
    /// What <c>ip netns exec</c> does: each file and directory is bound over the one of the same name in /etc. One that
    /// /etc does not have is passed over, but for those that decide where names are looked up: they stop the command.
    /// </summary>
    /// <remarks>
    /// A bind follows a symbolic link, and is lost when the file it lies on is replaced by another; <see cref="Overlay"/> is not.
    /// </remarks>
    public static ImmutableArray<MountStep> Binds(string directory, string etc = "/etc") => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal).Select(file => new MountStep(
            file, $"{etc}/{Path.GetFileName(file)}", Required: Leaky.Contains(Path.GetFileName(file)))),
    ];

    /// <summary>
    /// The same files as the upper layer of a read-only overlay on /etc: nothing that happens to /etc underneath, be it
    /// that resolv.conf is a link or is replaced, brings the host's file back. Files of directories are merged.
    /// </summary>
    /// <exception cref="ArgumentException">A path that overlayfs' options cannot hold: with a colon or a comma.</exception>
    public static MountStep Overlay(string directory, string etc = "/etc") =>
        directory.AsSpan().ContainsAny(':', ',', '\\')
            ? throw new ArgumentException($"'{directory}' cannot be a layer of an overlay", nameof(directory))
            : new MountStep("wgns", etc, "overlay", $"lowerdir={directory}:{etc}", ReadOnly: true);
}
