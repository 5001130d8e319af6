using System.Net;
using System.Net.Sockets;
using Wgns.Linux;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.Sockets;
using Wgns.Resolution;

namespace Wgns.Verification;

/// <summary>Looks around in the network and mount namespaces that this process is in: run inside, by `exec`.</summary>
public static class InsideLook
{
    /// <summary>The DNS's own, and that of a tunnel around the world.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int Tries = 2;

    public static InsideView Take()
    {
        var resolv = ContentOf("/etc/resolv.conf");
        return new InsideView(
            resolv,
            ContentOf("/etc/nsswitch.conf"),
            [.. HostSockets.All.Where(s => IsReachable(s.Path) && !s.IsFiltered(s.Path)).Select(s => s.Path)],
            CanMake((AddressFamily)SocketFamily.Vsock),
            [.. NamespaceDns.ServersOf(resolv ?? string.Empty).Select(Ask)]);
    }

    private static LookupAnswer Ask(string server)
    {
        if (!IPAddress.TryParse(server, out var address))
        {
            return new LookupAnswer(server, "is no address");
        }

        try
        {
            var link = LinkTo(address);
            var before = link is null ? 0 : LinkCounters.Received(link);
            var problem = Ask(address);
            return new LookupAnswer(server, problem, link, link is not null && LinkCounters.Received(link) > before);
        }
        catch (KernelException e)
        {
            return new LookupAnswer(server, e.Message);
        }
    }

    private static string? LinkTo(IPAddress address)
    {
        using var rtnl = Rtnl.Open();
        return rtnl.RouteTo(address) is { } way ? rtnl.GetLink(way.LinkIndex)?.Name : null;
    }

    /// <summary>Null where there was an answer, else why not.</summary>
    private static string? Ask(IPAddress address)
    {
        var problem = string.Empty;
        for (var i = 0; i < Tries; i++)
        {
            try
            {
                // A name under "invalid", which nobody has (RFC 6761 section 6.4).
                var name = $"wgns-{KernelRandom.Hex(16)}.invalid";
                var query = DnsMessage.Query(KernelRandom.Number(), name, DnsMessage.A);
                using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                {
                    ReceiveTimeout = (int)Patience.TotalMilliseconds,
                };
                socket.Connect(address, 53);
                socket.Send(query);
                var buffer = new byte[1500];
                if (DnsMessage.Parse(buffer.AsSpan(0, socket.Receive(buffer)), query) is not null)
                {
                    return null;
                }

                problem = "answered something else";
            }
            catch (SocketException e)
            {
                problem = e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock ? "no answer" : e.Message;
            }
        }

        return problem;
    }

    private static bool IsReachable(string path)
    {
        // systemd-resolved and the buses are streams; where it is another type, EPROTOTYPE says that it is there.
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ProtocolType or SocketError.WouldBlock or SocketError.TryAgain or SocketError.InProgress;
        }
    }

    private static bool CanMake(AddressFamily family)
    {
        try
        {
            using var socket = new Socket(family, SocketType.Stream, ProtocolType.Unspecified);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? ContentOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
