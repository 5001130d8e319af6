using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>What <c>/proc</c> tells of processes and their netns.</summary>
public static class NetnsProcesses
{
    /// <summary>Bytes; "net:[" and 20 digits fit.</summary>
    private const int LongestLink = 64;

    /// <summary>Threads of a process whose netns is another one, by number; those of a process that has ended are none.</summary>
    public static ImmutableArray<int> ThreadsOutside(int pid, NetnsIdentity identity)
    {
        var process = DirectoryOf(pid);
        return
        [
            .. ThreadsOf(process)
                .Where(thread => NetnsOf($"{process}/task/{thread}") is { } at && at != identity.ToString())
                .Select(thread => int.Parse(thread, NumberStyles.None, CultureInfo.InvariantCulture))
                .Order(),
        ];
    }

    private static string DirectoryOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");

    /// <summary>
    /// The netns of a process's threads, as <see cref="NetnsIdentity.ToString"/> has them, the same as often as it comes; none where
    /// they may not be asked.
    /// </summary>
    internal static IEnumerable<string> NetnsOfThreads(int pid)
    {
        var process = DirectoryOf(pid);

        // Most have one thread, and the links of the directory tell how many there are (proc_task_getattr of
        // fs/proc/base.c): reading it costs ten times as much.
        return HasOneThread(process)
            ? NetnsOf(process) is { } only ? [only] : []
            : ThreadsOf(process).Select(thread => NetnsOf($"{process}/task/{thread}")).OfType<string>();
    }

    /// <summary>By number; none of a process that has ended, or that does not let itself be asked.</summary>
    private static IEnumerable<string> ThreadsOf(string process)
    {
        try
        {
            return (DirectoryEntries.TryRead(process + "/task") ?? []).Select(e => e.Name);
        }
        catch (KernelException e) when (e.Errno == Errno.ESRCH || e.Errno == Errno.EACCES || e.Errno == Errno.EPERM)
        {
            return [];
        }
    }

    private static unsafe bool HasOneThread(string process)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, process + "/task", 0, Libc.STATX_BASIC_STATS, &stat) == 0 && stat.LinkCount == 3;
    }

    /// <summary>
    /// What /proc/PID/ns/net says, "net:[INODE]" (namespaces(7)); null where the thread has ended, or does not let itself be asked. Not
    /// followed: for that the kernel makes an inode, and half of the walk goes there.
    /// </summary>
    private static unsafe string? NetnsOf(string process)
    {
        var text = stackalloc byte[LongestLink];
        var length = Libc.readlinkat(Libc.AT_FDCWD, process + "/ns/net", text, LongestLink);
        return length < 0 ? null : Encoding.ASCII.GetString(text, (int)length);
    }

    /// <summary>A process's comm; "?" where it has ended.</summary>
    public static string CommandOf(int pid) => ProcFile.TryReadTextOf(pid, "comm") is { } name ? OneLine(name.TrimEnd('\n')) : "?";

    /// <summary>A process names itself (PR_SET_NAME): with a line's end in it, it would write lines of its own into what is said of it.</summary>
    internal static string OneLine(string name) =>
        string.Concat(name.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? '?' : c));
}
