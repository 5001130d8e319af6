using System.Globalization;
using System.Runtime;

namespace Wgns.Linux.Processes;

/// <summary>For a process that works for a moment and then sleeps for a long time: what only the work needed is given back.</summary>
public static class OwnMemory
{
    /// <summary>
    /// All threads share one heap of the C library (mallopt(3), M_ARENA_MAX). Otherwise each thread that enters a namespace
    /// gets one of its own for what libnftables parses there, of nearly a megabyte each.
    /// </summary>
    /// <remarks>Before the first thread is started.</remarks>
    public static void ShareOneHeap() => _ = Libc.mallopt(Libc.M_ARENA_MAX, 1);

    /// <summary>
    /// Collects garbage, gives free pages of the heaps back, and lets go of the code that was run: the kernel has it in its
    /// page cache, from where the next call gets the little that is needed again (madvise(2), MADV_DONTNEED).
    /// </summary>
    /// <exception cref="IOException">/proc/self/maps cannot be read.</exception>
    public static void Trim()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Libc.malloc_trim(0);
        foreach (var line in File.ReadAllLines("/proc/self/maps"))
        {
            if (CodeIn(line) is { } code)
            {
                // An economy: where the kernel declines (a locked page), it stays as it is.
                _ = Libc.madvise(code.Start, code.Length, Libc.MADV_DONTNEED);
            }
        }
    }

    /// <summary>
    /// The range of a line of proc_pid_maps(5), where it is code of a file; else null. What may have been written to, if only by
    /// the loader (relocations), has no file to come back from.
    /// </summary>
    /// <remarks>"00404000-008eb000 r-xp 00004000 fe:00 1234    /usr/bin/wgns"</remarks>
    internal static (nuint Start, nuint Length)? CodeIn(string line)
    {
        var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields is not [var range, "r-xp", _, _, _, ['/', ..]] || range.Split('-') is not [var from, var to])
        {
            return null;
        }

        var start = nuint.Parse(from, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return (start, nuint.Parse(to, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) - start);
    }
}
