using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Clocks: <c>time.h</c>.</summary>
internal static partial class Libc
{
    internal const int CLOCK_BOOTTIME = 7;

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static unsafe partial int clock_gettime(int clock, TimeSpec* time);

    /// <summary><c>struct timespec</c> where both members have 64 bits, as on every 64-bit ABI.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long tv_sec;
        public long tv_nsec;
    }
}
