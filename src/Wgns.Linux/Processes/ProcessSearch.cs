using System.Globalization;
using System.Text;
using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>Finds a process that nobody wrote the pid of down.</summary>
public static class ProcessSearch
{
    /// <summary>The pid of every process that /proc shows us, in no order. Some may have ended when they are looked at.</summary>
    /// <exception cref="KernelException">ENOENT: there is no /proc.</exception>
    public static IEnumerable<int> All()
    {
        foreach (var (name, _) in DirectoryEntries.TryRead("/proc") ?? throw new KernelException("list /proc", Errno.ENOENT))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                yield return pid;
            }
        }
    }

    /// <summary>
    /// The process whose last arguments are exactly these, or null. What an interpreter puts in front of a script's
    /// own arguments does not count.
    /// </summary>
    public static ProcessIdentity? ByArguments(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var wanted = Encoding.UTF8.GetBytes(string.Concat(arguments.Select(a => a + "\0")));
        foreach (var pid in All())
        {
            if (EndsWith(ProcFile.TryReadOf(pid, "cmdline"), wanted)
                && ProcessIdentity.Of(pid) is { } found
                && found.IsAlive())
            {
                return found;
            }
        }

        return null;
    }

    private static bool EndsWith(byte[]? line, byte[] wanted) =>
        line.AsSpan().EndsWith(wanted) && (line!.Length == wanted.Length || line[^(wanted.Length + 1)] == 0);
}
