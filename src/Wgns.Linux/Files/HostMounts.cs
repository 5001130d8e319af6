namespace Wgns.Linux.Files;

/// <summary>Mounts in the mount namespace of this process, which the machine shares where it is the machine's.</summary>
public static class HostMounts
{
    /// <summary>A read-only overlay: what is in an earlier layer stands for what is in a later one (the kernel's overlayfs.rst).</summary>
    /// <param name="target">A directory that is there.</param>
    /// <param name="layers">None within another, and without ':', ',' and '\', which its options give a meaning.</param>
    /// <exception cref="KernelException">ENODEV without overlayfs, ELOOP for a layer within another, EPERM.</exception>
    public static void Overlay(string target, params IReadOnlyList<string> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.FirstOrDefault(l => l.AsSpan().ContainsAny(':', ',', '\\')) is { } odd)
        {
            throw new ArgumentException($"'{odd}' cannot be a layer of an overlay", nameof(layers));
        }

        Libc.Check(
            Libc.mount("wgns", target, "overlay", Libc.MS_RDONLY | Libc.MS_NOSUID | Libc.MS_NODEV, $"lowerdir={string.Join(':', layers)}"),
            $"mount an overlay on {target}");
    }

    /// <summary>An empty file system in memory, for its maker alone; it goes with the last mount namespace that it is in.</summary>
    /// <param name="target">A directory that is there.</param>
    public static void Tmpfs(string target) =>
        Libc.Check(Libc.mount("wgns", target, "tmpfs", Libc.MS_NOSUID | Libc.MS_NODEV, "mode=0700"), $"mount tmpfs on {target}");

    /// <summary>A file or directory, with the mounts below it, at a second place.</summary>
    public static void Bind(string source, string target) =>
        Libc.Check(Libc.mount(source, target, "none", Libc.MS_BIND | Libc.MS_REC, null), $"mount {source} on {target}");

    /// <summary>At once, with all that is mounted below; who uses it keeps it. Nothing where nothing is mounted.</summary>
    public static void Unmount(string target)
    {
        if (Libc.umount2(target, Libc.MNT_DETACH | Libc.UMOUNT_NOFOLLOW) != 0 && Libc.LastErrno != Errno.EINVAL && Libc.LastErrno != Errno.ENOENT)
        {
            throw new KernelException($"unmount {target}", Libc.LastErrno);
        }
    }

    /// <summary>Makes <paramref name="link"/> a symbolic link to <paramref name="target"/>, or one that there is lead there, in one step.</summary>
    public static void Lead(string link, string target)
    {
        var next = link + ".new";
        _ = Libc.unlinkat(Libc.AT_FDCWD, next, 0);
        File.CreateSymbolicLink(next, target);
        Libc.Check(Libc.renameat(Libc.AT_FDCWD, next, Libc.AT_FDCWD, link), $"replace {link}");
    }
}
