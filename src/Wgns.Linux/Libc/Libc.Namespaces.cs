using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Namespaces and mounts: <c>sched.h</c>, <c>sys/mount.h</c>, <c>linux/nsfs.h</c>, <c>linux/magic.h</c>.</summary>
internal static partial class Libc
{
    internal const int CLONE_NEWNS = 0x00020000;
    internal const int CLONE_NEWUSER = 0x10000000;
    internal const int CLONE_NEWNET = 0x40000000;

    internal const nuint MS_RDONLY = 1;
    internal const nuint MS_NOSUID = 2;
    internal const nuint MS_NODEV = 4;
    internal const nuint MS_NOEXEC = 8;
    internal const nuint MS_REMOUNT = 32;
    internal const nuint MS_BIND = 4096;
    internal const nuint MS_REC = 16384;
    internal const nuint MS_PRIVATE = 1 << 18;
    internal const nuint MS_SLAVE = 1 << 19;
    internal const nuint MS_SHARED = 1 << 20;

    internal const int MNT_DETACH = 2;
    internal const int UMOUNT_NOFOLLOW = 8;

    internal const long NSFS_MAGIC = 0x6e736673;
    internal const long ST_RDONLY = 1;

    /// <summary>_IO(0xb7, 0x1): a descriptor of the user namespace that owns a namespace.</summary>
    internal const nuint NS_GET_USERNS = 0xb701;

    /// <summary>_IO(0xb7, 0x3): which CLONE_NEW* a namespace's file stands for.</summary>
    internal const nuint NS_GET_NSTYPE = 0xb703;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(int fd, int nstype);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string? type, nuint flags, string? data);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);
}
