using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;

namespace Wgns.Verification;

/// <summary>The UDP ports that are bound in a netns, those of the kernel's own sockets too: /proc/net/udp of proc(5).</summary>
internal static class UdpPorts
{
    private static readonly string[] Tables = ["/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"];

    internal static ImmutableHashSet<int> Here() => Read();

    internal static ImmutableHashSet<int> Inside(Netns netns) => NetnsThread.Run(netns.Fd, Read);

    /// <summary>The second column of each line but the first: address:port, in hexadecimal.</summary>
    internal static IEnumerable<int> Parse(string table) =>
        from line in table.Split('\n').Skip(1)
        let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where words.Length > 1
        select int.Parse(words[1][(words[1].LastIndexOf(':') + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // Raw calls: this runs on a netns thread, too.
    private static ImmutableHashSet<int> Read() =>
        [.. Tables.Select(t => ProcFile.TryRead(t)).OfType<byte[]>().SelectMany(b => Parse(Encoding.ASCII.GetString(b)))];
}
