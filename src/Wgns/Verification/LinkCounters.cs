using System.Globalization;
using System.Text;
using Wgns.Linux.Files;

namespace Wgns.Verification;

/// <summary>What links have received: /proc/net/dev of proc(5).</summary>
internal static class LinkCounters
{
    /// <summary>Bytes that a link of this thread's netns has received; 0 where there is no such link.</summary>
    internal static ulong Received(string ifname) =>
        ProcFile.TryRead("/proc/thread-self/net/dev") is { } table ? Parse(Encoding.UTF8.GetString(table), ifname) : 0;

    /// <summary>The first number behind "ifname:"; two lines of headings have none.</summary>
    internal static ulong Parse(string table, string ifname) =>
        (from line in table.Split('\n')
         let colon = line.IndexOf(':', StringComparison.Ordinal)
         where colon > 0 && line[..colon].Trim() == ifname
         select ulong.Parse(line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture)).FirstOrDefault();
}
