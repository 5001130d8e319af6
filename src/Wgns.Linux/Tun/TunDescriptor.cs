using System.Globalization;

namespace Wgns.Linux.Tun;

/// <summary>Descriptors of /dev/net/tun, with a link or yet without one.</summary>
internal static unsafe class TunDescriptor
{
    /// <summary>MISC_MAJOR of <c>linux/major.h</c>: whatever the node is called.</summary>
    internal const uint Major = 10;

    /// <summary>TUN_MINOR of <c>linux/miscdevice.h</c>, which no header for users has.</summary>
    private const uint Minor = 200;

    /// <summary>Whether one of ours is.</summary>
    internal static bool Is(int fd) => Is(fd, string.Empty, Libc.AT_EMPTY_PATH);

    /// <summary>Whether one of a process's is; not where it is closed by now, or its process has ended.</summary>
    internal static bool Is(int pid, int fd) => Is(Libc.AT_FDCWD, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd/{fd}"), 0);

    private static bool Is(int directory, string path, int flags)
    {
        Libc.Statx stat;
        return Libc.statx(directory, path, flags, Libc.STATX_BASIC_STATS, &stat) == 0
            && (stat.Mode & Libc.S_IFMT) == Libc.S_IFCHR
            && stat is { SpecialMajor: Major, SpecialMinor: Minor };
    }
}
