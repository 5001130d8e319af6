using System.Globalization;
using System.Runtime.CompilerServices;
using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>RLIMIT_NOFILE as this process got it from whoever started it.</summary>
/// <remarks>
/// CoreCLR raises the soft limit to the hard one before Main; NativeAOT does not (tried with 9.0 and 10.0). A program
/// that uses select(2) or closes every descriptor up to the limit must not get the raised one. What it was before is
/// kept nowhere, so under CoreCLR the parent's soft limit is taken where its hard limit is ours: right for a shell,
/// wrong where the parent set the limit between fork and execve, and left as it is where the hard limits differ
/// (systemd's units). The native build is exact.
/// </remarks>
public static class DescriptorLimit
{
    /// <summary>The soft limit to give to programs; null where ours is what we got.</summary>
    private static readonly ulong? Before = RuntimeFeature.IsDynamicCodeCompiled ? OfParent() : null;

    /// <summary>Sets our soft limit, and says what it was, so that it can be set back. Raw calls only.</summary>
    internal static unsafe ulong? Lower()
    {
        Libc.ResourceLimit limit;
        if (Before is not { } before || Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) != 0 || limit.Soft <= before)
        {
            return null;
        }

        var raised = limit.Soft;
        Set(before);
        return raised;
    }

    internal static unsafe void Set(ulong soft)
    {
        Libc.ResourceLimit limit;
        Libc.Check(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit), "get the limit of descriptors");

        limit.Soft = soft;
        Libc.Check(Libc.setrlimit(Libc.RLIMIT_NOFILE, &limit), "set the limit of descriptors");
    }

    /// <summary>As many descriptors as we may have, for a process with one or two for each of others' connections.</summary>
    public static unsafe void Raise()
    {
        Libc.ResourceLimit limit;
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) == 0 && limit.Soft < limit.Hard)
        {
            // An economy: where a filter of system calls refuses, it is as many as it was.
            limit.Soft = limit.Hard;
            _ = Libc.setrlimit(Libc.RLIMIT_NOFILE, &limit);
        }
    }

    /// <summary>Makes the initializer run now, on a normal thread, and not on a netns thread.</summary>
    internal static void Know() => _ = Before;

    private static unsafe ulong? OfParent()
    {
        Libc.ResourceLimit ours;
        var parent = Libc.syscall(Syscall.getppid, 0, 0, 0, 0);
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, &ours) != 0 || ProcFile.TryReadTextOf(parent, "limits") is not { } text)
        {
            return null;
        }

        // Max open files            1024                 524288               files
        var words = text.Split('\n').FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal))?
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is { Length: >= 5 }
            && ulong.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var soft)
            && ulong.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out var hard)
            && hard == ours.Hard && soft < ours.Soft
                ? soft
                : null;
    }
}
