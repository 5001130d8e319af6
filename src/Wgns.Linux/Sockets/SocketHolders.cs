using System.Globalization;

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
        (from directory in Directory.EnumerateDirectories("/proc")
         let name = Path.GetFileName(directory)
         where name.All(char.IsAsciiDigit)
         from inode in SocketsOf(directory)
         select (inode, Pid: int.Parse(name, CultureInfo.InvariantCulture))).ToLookup(s => s.inode, s => s.Pid);

    private static List<ulong> SocketsOf(string directory)
    {
        try
        {
            return [.. new DirectoryInfo(directory + "/fd").EnumerateFileSystemInfos("*", s_accessible).Select(f => Inode(f.LinkTarget)).OfType<ulong>()];
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
