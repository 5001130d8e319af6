using System.Net;
using Wgns.Linux.Sockets;
using Wgns.WireGuard;

namespace Wgns.Linux.Forwarding;

/// <summary>Where what comes in is sent on to: an address, or a unix socket's path, in the netns of the process.</summary>
public sealed class ForwardTarget
{
    private readonly string _text;

    public ForwardTarget(IPEndPoint endPoint, bool saysWho = false)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        (SaysWho, _text) = (saysWho, endPoint.ToString());
        Endpoint = Endpoint.From(endPoint);
        Family = Endpoint.IsIPv6 ? Libc.AF_INET6 : Libc.AF_INET;
        IsByLoopback = IPAddress.IsLoopback(Endpoint.ToIPEndPoint().Address);
        var name = new byte[SockAddr.MaxLength];
        Name = name[..SockAddr.Write(name, Endpoint)];
    }

    /// <exception cref="ArgumentException">The path is longer than <see cref="UnixAddress.LongestPath"/>.</exception>
    public ForwardTarget(string path, bool saysWho = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        (SaysWho, _text) = (saysWho, path);
        Family = Libc.AF_UNIX;
        Name = UnixAddress.Of(path);
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
}
