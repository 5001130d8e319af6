using System.Globalization;
using System.Text;

namespace Wgns.Linux.Processes;

/// <summary>Finds a process that nobody wrote the pid of down.</summary>
public static class ProcessSearch
{
    /// <summary>
    /// The process whose last arguments are exactly these, or null. What an interpreter puts in front of a script's
    /// own arguments does not count.
    /// </summary>
    public static ProcessIdentity? ByArguments(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var wanted = Encoding.UTF8.GetBytes(string.Concat(arguments.Select(a => a + "\0")));
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && EndsWith($"{directory}/cmdline", wanted)
                && ProcessIdentity.Of(pid) is { } found
                && found.IsAlive())
            {
                return found;
            }
        }

        return null;
    }

    private static bool EndsWith(string path, byte[] wanted)
    {
        try
        {
            var line = File.ReadAllBytes(path);
            return line.AsSpan().EndsWith(wanted)
                && (line.Length == wanted.Length || line[^(wanted.Length + 1)] == 0);
        }
        catch (IOException)
        {
            // It ended while we looked.
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // hidepid, or another user's: not ours.
            return false;
        }
    }
}
