using System.Globalization;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Sockets;

/// <summary>Who holds a socket: every process's /proc/PID/fd, read when the first is asked for.</summary>
public sealed class SocketHolders
{
    // Others' processes are not ours to look into, and some end while we look.
    private static readonly EnumerationOptions s_accessible = new() { IgnoreInaccessible = true };

    private readonly Lazy<ILookup<ulong, int>> _holders = new(Read);

    /// <summary>Pids; none where nobody does of those that may be asked.</summary>
    /// <param name="inode">The socket's, of sockfs.</param>
    public IEnumerable<int> Of(ulong inode) => _holders.Value[inode].Distinct();

    private static ILookup<ulong, int> Read() =>
        (from pid in ProcessSearch.All()
         from inode in SocketsOf(pid)
         select (Inode: inode, Pid: pid)).ToLookup(s => s.Inode, s => s.Pid);

    private static List<ulong> SocketsOf(int pid)
    {
        try
        {
            var directory = new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"));
            return [.. directory.EnumerateFileSystemInfos("*", s_accessible).Select(f => Inode(f.LinkTarget)).OfType<ulong>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Of a link "socket:[123]"; null for what is none.</summary>
    internal static ulong? Inode(string? target) =>
        target?.StartsWith("socket:[", StringComparison.Ordinal) == true
        && ulong.TryParse(target.AsSpan(8).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode) ? inode : null;
}
