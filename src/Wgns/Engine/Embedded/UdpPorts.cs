using Wgns.Linux;
using Wgns.Linux.Sockets;

namespace Wgns.Engine.Embedded;

/// <summary>The sockets of both versions of IP, on one port, with one mark.</summary>
internal sealed class UdpPorts : IDisposable
{
    private const int Tries = 100;

    internal UdpPorts()
    {
        IPv4 = UdpSocket.TryOpen(ipv6: false);
        IPv6 = UdpSocket.TryOpen(ipv6: true);
        Bind = new Bind(IPv4, IPv6);
    }

    internal UdpSocket? IPv4 { get; }

    internal UdpSocket? IPv6 { get; }

    internal Bind Bind { get; }

    /// <summary>The sockets behind the descriptors are others.</summary>
    internal Action? Rebound { get; set; }

    /// <summary>0 before it is bound.</summary>
    internal ushort Port { get; private set; }

    internal uint Mark { get; private set; }

    /// <summary>Binds both to a port; 0 takes one that is free for both.</summary>
    /// <returns>None, or why not: EADDRINUSE.</returns>
    internal Errno Open(ushort port)
    {
        for (var i = 0; ; i++)
        {
            var errno = TryOpen(port);
            Rebound?.Invoke();
            if (errno.IsNone || port != 0 || errno != Errno.EADDRINUSE || i == Tries)
            {
                return errno;
            }
        }
    }

    internal void SetMark(uint mark)
    {
        IPv4?.SetMark(mark);
        IPv6?.SetMark(mark);
        Mark = mark;
    }

    public void Dispose()
    {
        IPv4?.Dispose();
        IPv6?.Dispose();
    }

    /// <summary>Neither moves before both can: one that had moved alone would leave the peers at the old port unheard.</summary>
    private Errno TryOpen(ushort port)
    {
        var bound = port;
        var errno = Errno.None;
        using var ipv4 = IPv4?.MakeBound(port, Mark, out bound, out errno);
        if (!errno.IsNone)
        {
            return errno;
        }

        var bound6 = bound;
        using var ipv6 = IPv6?.MakeBound(bound, Mark, out bound6, out errno);

        // A netns whose links have IPv6 switched off has its sockets all the same, and no address to bind them to.
        if (!errno.IsNone && (ipv4 is null || errno != Errno.EADDRNOTAVAIL))
        {
            return errno;
        }

        if (ipv4 is not null)
        {
            IPv4!.Become(ipv4);
        }

        if (ipv6 is not null)
        {
            IPv6!.Become(ipv6);
        }

        Port = ipv4 is null ? bound6 : bound;
        return Errno.None;
    }
}
