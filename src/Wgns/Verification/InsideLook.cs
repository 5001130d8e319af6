using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Wgns.Verification;

/// <summary>Looks around in the network and mount namespaces that this process is in: run inside, by `exec`.</summary>
public static class InsideLook
{
    private const int AF_VSOCK = 40;

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
            CanMake((AddressFamily)AF_VSOCK),
            [.. ServersOf(resolv ?? string.Empty).Select(Ask)]);
    }

    /// <summary>The nameserver lines of resolv.conf(5).</summary>
    internal static IEnumerable<string> ServersOf(string resolvConf) =>
        resolvConf.Split('\n').Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w is ["nameserver", _, ..]).Select(w => w[1]);

    /// <summary>A query, RFC 1035 section 4.1, for the address of a name under "invalid", which nobody has (RFC 6761 section 6.4).</summary>
    internal static byte[] Query(ushort id, string label)
    {
        var query = new List<byte>();
        var header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        header[2] = 1; // recursion desired
        header[5] = 1; // one question
        query.AddRange(header);
        foreach (var part in (string[])[label, "invalid"])
        {
            query.Add((byte)part.Length);
            query.AddRange(Encoding.ASCII.GetBytes(part));
        }

        query.AddRange([0, 0, 1, 0, 1]); // the root, type A, class IN
        return [.. query];
    }

    /// <summary>Whether it is a response to the query with this id.</summary>
    internal static bool IsAnswer(ReadOnlySpan<byte> message, ushort id) =>
        message.Length >= 12 && BinaryPrimitives.ReadUInt16BigEndian(message) == id && (message[2] & 0x80) != 0;

    private static LookupAnswer Ask(string server)
    {
        if (!IPAddress.TryParse(server, out var address))
        {
            return new LookupAnswer(server, "is no address");
        }

        var problem = string.Empty;
        for (var i = 0; i < Tries; i++)
        {
            try
            {
                var id = BinaryPrimitives.ReadUInt16BigEndian(RandomNumberGenerator.GetBytes(2));
                using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                {
                    ReceiveTimeout = (int)Patience.TotalMilliseconds,
                };
                socket.Connect(address, 53);
                socket.Send(Query(id, "wgns-" + RandomNumberGenerator.GetHexString(16, lowercase: true)));
                var buffer = new byte[1500];
                if (IsAnswer(buffer.AsSpan(0, socket.Receive(buffer)), id))
                {
                    return new LookupAnswer(server, null);
                }

                problem = "answered something else";
            }
            catch (SocketException e)
            {
                problem = e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock ? "no answer" : e.Message;
            }
        }

        return new LookupAnswer(server, problem);
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
