using System.Collections.Immutable;
using System.Globalization;

namespace Wgns.Linux.Namespaces;

/// <summary>A process that has a thread inside a netns.</summary>
/// <param name="Command">comm: at most 15 bytes of the program's name, as ps(1) shows it.</param>
public readonly record struct InsideProcess(int Pid, string Command);

/// <summary>Who is inside a netns, from <c>/proc</c>.</summary>
public static class NetnsProcesses
{
    /// <summary>A look into a netns, as `wgns status` or `ip -n` takes one, needs a few milliseconds.</summary>
    private static readonly TimeSpan LongerThanALook = TimeSpan.FromMilliseconds(50);

    // IOException.HResult on Unix is the raw errno.
    private const int ESRCH = 3;

    // With hidepid=, and without ptrace's leave, other people's processes refuse.
    private static readonly EnumerationOptions Accessible = new() { IgnoreInaccessible = true };

    /// <summary>
    /// Every process but our own with at least one thread whose netns is <paramref name="identity"/>, by pid.
    /// Without root the processes of others cannot be asked, and are left out. Who is there is asked twice: somebody
    /// who only takes a look from outside is gone by then.
    /// </summary>
    /// <remarks>Not on a netns thread. A process that only holds the netns open, or a socket made in it, is not inside.</remarks>
    public static ImmutableArray<InsideProcess> Inside(NetnsIdentity identity)
    {
        var found = ImmutableArray.CreateBuilder<InsideProcess>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && pid != Environment.ProcessId
                && AnyThreadInside(directory, identity))
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

    private static string DirectoryOf(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");

    private static bool AnyThreadInside(string process, NetnsIdentity identity)
    {
        // Most have one thread, and the links of the directory tell how many there are (proc_task_getattr of
        // fs/proc/base.c): reading it costs ten times as much.
        if (IsInside(process + "/ns/net", identity))
        {
            return true;
        }

        if (HasOneThread(process))
        {
            return false;
        }

        try
        {
            return Directory.EnumerateDirectories(process + "/task", "*", Accessible)
                .Any(task => IsInside(task + "/ns/net", identity));
        }
        catch (DirectoryNotFoundException)
        {
            return false; // ended while we looked
        }
        catch (IOException e) when (e.HResult is ESRCH)
        {
            return false; // likewise, a moment later
        }
    }

    private static unsafe bool HasOneThread(string process)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, process + "/task", 0, Libc.STATX_BASIC_STATS, &stat) == 0 && stat.LinkCount == 3;
    }

    private static unsafe bool IsInside(string path, NetnsIdentity identity)
    {
        Libc.Statx stat;
        return Libc.statx(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, &stat) == 0 && Netns.IdentityOf(stat) == identity;
    }

    /// <summary>A process's comm; "?" where it has ended.</summary>
    public static string CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText(DirectoryOf(pid) + "/comm").TrimEnd('\n');
        }
        catch (IOException)
        {
            return "?";
        }
    }
}
