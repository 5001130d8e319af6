namespace Wgns.Linux.Processes;

/// <summary>The command's own mount namespace, by raw calls.</summary>
internal static unsafe class PrivateMounts
{
    /// <summary>Mounted anew, whatever the request.</summary>
    internal const string Sys = "/sys";

    private const int MountsOnOnePath = 64;

    internal static void Enter(BecomeRequest request)
    {
        Libc.Check(Libc.unshare(Libc.CLONE_NEWNS), "create a mount namespace");

        // Nothing mounted here may reach the host, and nothing that the host mounts later may come over our masks.
        if (Libc.mount("", "/", "none", Libc.MS_PRIVATE | Libc.MS_REC, null) != 0)
        {
            // EINVAL of mount(2): / is no mount point.
            var where = Libc.LastErrno == Errno.EINVAL ? " (in a chroot, whose / must be a mount point: `mount --bind DIR DIR` before chroot(8))" : "";
            throw new KernelException($"make the mounts private{where}", Libc.LastErrno);
        }

        LetGoOfOthers(request.NetnsDirectory);
        MountSys(request.Name);
        MountSteps.Run(request.Mounts);
    }

    /// <summary>Private mounts do not hear of unmounting outside: what stays mounted here would stay alive.</summary>
    private static void LetGoOfOthers(string directory)
    {
        for (var i = 0; i < MountsOnOnePath; i++)
        {
            if (Libc.umount2(directory, Libc.MNT_DETACH | Libc.UMOUNT_NOFOLLOW) == 0)
            {
                continue;
            }

            if (Libc.LastErrno != Errno.EINVAL && Libc.LastErrno != Errno.ENOENT)
            {
                throw new KernelException($"unmount {directory}", Libc.LastErrno);
            }

            return;
        }
    }

    /// <summary>/sys/class/net shows the netns that sysfs was mounted in, so it is mounted anew, as <c>ip netns exec</c> does.</summary>
    private static void MountSys(string name)
    {
        nuint flags = 0;
        if (Libc.umount2(Sys, Libc.MNT_DETACH) != 0)
        {
            // There may be none, or a container may hold on to it. A read-only one cannot be covered by a writable one.
            using var sys = new OwnedFd(Libc.openat(Libc.AT_FDCWD, Sys, Libc.O_PATH | Libc.O_CLOEXEC, 0));
            Libc.StatFs stat;
            if (!sys.IsInvalid && Libc.fstatfs(sys.Value, &stat) == 0 && (stat.Flags & Libc.ST_RDONLY) != 0)
            {
                flags = Libc.MS_RDONLY;
            }
        }

        Libc.Check(Libc.mount(name, Sys, "sysfs", flags, null), "mount /sys");
    }
}
