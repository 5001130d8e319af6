using System.Collections.Immutable;
using System.Globalization;
using Wgns.Linux.Files;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>A process that has a thread inside a netns.</summary>
/// <param name="Command">comm: at most 15 bytes of the program's name, as ps(1) shows it.</param>
public readonly record struct InsideProcess(int Pid, string Command);

/// <summary>Who is inside a netns, from <c>/proc</c>.</summary>
public static class NetnsProcesses
{
    /// <summary>A look into a netns, as `wgns status` or `ip -n` takes one, needs a few milliseconds.</summary>
    private static readonly TimeSpan LongerThanALook = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Every process but our own with at least one thread whose netns is <paramref name="identity"/>, by pid.
    /// Without root the processes of others cannot be asked, and are left out. Who is there is asked twice: somebody
    /// who only takes a look from outside is gone by then.
    /// </summary>
    /// <remarks>Not on a netns thread. A process that only holds the netns open, or a socket made in it, is not inside.</remarks>
    public static ImmutableArray<InsideProcess> Inside(NetnsIdentity identity)
    {
        var found = ImmutableArray.CreateBuilder<InsideProcess>();
        var own = Environment.ProcessId;
        foreach (var pid in ProcessSearch.All())
        {
            if (pid != own && AnyThreadInside(DirectoryOf(pid), identity))
            {
                found.Add(new InsideProcess(pid, CommandOf(pid)));
            }
        }

        if (found.Count > 0)
        {
            Thread.Sleep(LongerThanALook);
        }

        return [.. found.Where(p => AnyThreadInside(DirectoryOf(p.Pid), identity)).OrderBy(p => p.Pid)];
    }

    /// <summary>Threads of a process whose netns is another one, by number; those of a process that has ended are none.</summary>
    public static ImmutableArray<int> ThreadsOutside(int pid, NetnsIdentity identity)
    {
        var process = DirectoryOf(pid);
        return
        [
            .. ThreadsOf(process)
                .Where(thread => IdentityOf($"{process}/task/{thread}/ns/net") is { } at && at != identity)
                .Select(thread => int.Parse(thread, NumberStyles.None, CultureInfo.InvariantCulture))
                .Order(),
        ];
    }

    private static string DirectoryOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");

    private static bool AnyThreadInside(string process, NetnsIdentity identity)
    {
        // Most have one thread, and the links of the directory tell how many there are (proc_task_getattr of
        // fs/proc/base.c): reading it costs ten times as much.
        if (IsInside(process + "/ns/net", identity))
        {
            return true;
        }

        return !HasOneThread(process) && ThreadsOf(process).Any(thread => IsInside($"{process}/task/{thread}/ns/net", identity));
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

    private static bool IsInside(string path, NetnsIdentity identity) => IdentityOf(path) == identity;

    // Null where the thread has ended, or does not let itself be asked.
    private static unsafe NetnsIdentity? IdentityOf(string path)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &stat) == 0 ? Netns.IdentityOf(stat) : null;
    }

    /// <summary>A process's comm; "?" where it has ended.</summary>
    public static string CommandOf(int pid)
    {
        try
        {
            return OneLine(File.ReadAllText(DirectoryOf(pid) + "/comm").TrimEnd('\n'));
        }
        catch (IOException)
        {
            return "?";
        }
    }

    /// <summary>A process names itself (PR_SET_NAME): with a line's end in it, it would write lines of its own into what is said of it.</summary>
    internal static string OneLine(string name) =>
        string.Concat(name.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? '?' : c));
}
