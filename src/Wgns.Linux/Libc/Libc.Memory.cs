using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>Memory of this process: <c>malloc.h</c>, <c>sys/mman.h</c>.</summary>
internal static partial class Libc
{
    internal const int M_ARENA_MAX = -8;
    internal const int MADV_DONTNEED = 4;

    [LibraryImport(Library)]
    internal static partial int mallopt(int param, int value);

    [LibraryImport(Library)]
    internal static partial int malloc_trim(nuint pad);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int madvise(nuint address, nuint length, int advice);
}
