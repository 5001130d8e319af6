using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wgns.Linux;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Sockets;

namespace Wgns.Resolution;

/// <summary>
/// Looks names up from another netns: hosts and resolv.conf are those below /etc/netns of its name, where there are any, as
/// ip-netns(8) has it, else the machine's; the servers are asked by sockets of that netns.
/// </summary>
/// <remarks>
/// getaddrinfo(3) takes a process of its own with mounts of its own, which the supervisor's sandbox forbids, and would ask
/// modules of nsswitch.conf that answer from anywhere.
/// </remarks>
/// <param name="path">The netns' file.</param>
public sealed class NamespaceDns(string path, RuntimePaths paths)
{
    /// <summary>As resolv.conf(5) has it without options: 5 s, twice.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int Tries = 2;

    /// <summary>IPv6 addresses first, as RFC 6724 has it; those there is no way to are passed over by who asks.</summary>
    /// <exception cref="SocketException">TryAgain where nobody answered, HostNotFound where there is no such name.</exception>
    public IPAddress[] Find(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (Hosts(ReadText("hosts"), host) is { Length: > 0 } known)
        {
            return known;
        }

        var (servers, search) = Resolv(ReadText("resolv.conf"));
        using var netns = Open();
        var last = SocketError.HostNotFound;
        foreach (var name in host.Contains('.', StringComparison.Ordinal) ? [host] : search.Select(s => $"{host}.{s}").Append(host))
        {
            var (addresses, error) = Ask(netns, servers, name);
            if (addresses.Length > 0)
            {
                return addresses;
            }

            last = error;
        }

        throw new SocketException((int)last);
    }

    /// <summary>Addresses of lines of hosts(5).</summary>
    internal static IPAddress[] Hosts(string text, string host) =>
    [
        .. from line in text.Split('\n')
           let words = line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries)
           where words.Length > 1 && words.Skip(1).Contains(host, StringComparer.OrdinalIgnoreCase)
           let address = IPAddress.TryParse(words[0], out var parsed) ? parsed : null
           where address is not null
           select address,
    ];

    /// <summary>The first three servers and the search domains of resolv.conf(5).</summary>
    internal static (IPAddress[] Servers, string[] Search) Resolv(string text)
    {
        return (
            [.. ServersOf(text).Select(s => IPAddress.TryParse(s, out var a) ? a : null).OfType<IPAddress>().Take(3)],
            Lines(text).LastOrDefault(w => w[0] is "search" or "domain")?[1..] ?? []);
    }

    /// <summary>What the nameserver lines of resolv.conf(5) name, be it an address or not.</summary>
    internal static IEnumerable<string> ServersOf(string text) => Lines(text).Where(w => w[0] == "nameserver").Select(w => w[1]);

    private static IEnumerable<string[]> Lines(string text) =>
        text.Split('\n').Select(l => l.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries)).Where(w => w.Length > 1);

    private static (IPAddress[] Addresses, SocketError Problem) Ask(Netns netns, IPAddress[] servers, string name)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            foreach (var server in servers)
            {
                var (v6, v4) = (Ask(netns, server, name, DnsMessage.Aaaa), Ask(netns, server, name, DnsMessage.A));
                IPAddress[] found = [.. v6?.Addresses ?? [], .. v4?.Addresses ?? []];
                if (found.Length > 0)
                {
                    return (found, SocketError.Success);
                }

                if (v6 is { Code: 0 or 3 } && v4 is { Code: 0 or 3 })
                {
                    return ([], SocketError.HostNotFound);
                }
            }
        }

        return ([], SocketError.TryAgain);
    }

    /// <summary>Null where it did not answer.</summary>
    private static DnsReply? Ask(Netns netns, IPAddress server, string name, ushort type)
    {
        var query = DnsMessage.Query(KernelRandom.Number(), name, type);
        var since = Stopwatch.GetTimestamp();
        var buffer = new byte[4096];
        try
        {
            using var socket = NetnsSockets.Udp(netns.Fd, server.AddressFamily == AddressFamily.InterNetworkV6);
            socket.Connect(server, 53);
            socket.Send(query);
            while (Patience - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left && socket.Poll(left, SelectMode.SelectRead))
            {
                if (DnsMessage.Parse(buffer.AsSpan(0, socket.Receive(buffer)), query) is { } reply)
                {
                    return reply;
                }
            }
        }
        catch (SocketException)
        {
            // Refused, or no way there: the next server may answer.
        }

        return null;
    }

    private Netns Open()
    {
        try
        {
            return Netns.OpenPath(path);
        }
        catch (KernelException e)
        {
            throw new SocketException((int)SocketError.NetworkDown, $"the birthplaceNamespace {path} cannot be opened: {e.Errno}");
        }
    }

    private string ReadText(string file)
    {
        var own = Path.GetDirectoryName(path) == paths.Netns ? $"{paths.EtcNetnsOf(Path.GetFileName(path))}/{file}" : null;
        var there = own is not null && File.Exists(own) ? own : $"/etc/{file}";
        return File.Exists(there) ? File.ReadAllText(there) : string.Empty;
    }
}
