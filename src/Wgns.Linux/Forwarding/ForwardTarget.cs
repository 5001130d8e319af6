using System.Net;
using System.Text;
using Wgns.WireGuard;
using SocketAddress = Wgns.Linux.Sockets.SocketAddress;

namespace Wgns.Linux.Forwarding;

/// <summary>Where what comes in is sent on to: an address, or a unix socket's path, in the netns of the process.</summary>
public sealed class ForwardTarget
{
    /// <summary>struct sockaddr_un of unix(7): the family, and 108 bytes of path.</summary>
    private const int UnixLength = 110;

    private readonly string _text;

    public ForwardTarget(IPEndPoint endPoint, bool saysWho = false)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        (SaysWho, _text) = (saysWho, endPoint.ToString());
        Endpoint = Endpoint.From(endPoint);
        Family = Endpoint.IsIPv6 ? Libc.AF_INET6 : Libc.AF_INET;
        IsByLoopback = IPAddress.IsLoopback(Endpoint.ToIPEndPoint().Address);
        var name = new byte[SocketAddress.MaxLength];
        Name = name[..SocketAddress.Write(name, Endpoint)];
    }

    /// <exception cref="ArgumentException">The path is longer than the 107 bytes that unix(7) has room for.</exception>
    public ForwardTarget(string path, bool saysWho = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        (SaysWho, _text) = (saysWho, path);
        Family = Libc.AF_UNIX;
        Name = UnixName(path);
    }

    /// <summary>Whether each connection begins with a header of the PROXY protocol that says who it is from.</summary>
    public bool SaysWho { get; }

    internal int Family { get; }

    /// <summary>Whether what goes there stays in the machine's memory.</summary>
    internal bool IsByLoopback { get; }

    /// <summary>As connect(2) takes it.</summary>
    internal byte[] Name { get; }

    /// <summary>Nothing for a path.</summary>
    internal Endpoint Endpoint { get; }

    public override string ToString() => _text;

    internal static byte[] UnixName(string path)
    {
        var name = new byte[2 + Encoding.UTF8.GetByteCount(path) + 1];
        if (name.Length > UnixLength)
        {
            throw new ArgumentException("the path is longer than 107 bytes", nameof(path));
        }

        BitConverter.TryWriteBytes(name, (ushort)Libc.AF_UNIX);
        Encoding.UTF8.GetBytes(path, name.AsSpan(2));
        return name;
    }
}
