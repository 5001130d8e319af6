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

    private Errno TryOpen(ushort port)
    {
        var bound = port;
        var errno = IPv4 is null ? Errno.None : IPv4.Bind(port, Mark, out bound);
        if (!errno.IsNone)
        {
            return errno;
        }

        // A netns whose links have IPv6 switched off has its sockets all the same, and no address to bind them to.
        errno = IPv6 is null ? Errno.None : IPv6.Bind(bound, Mark, out bound);
        if (errno.IsNone || (IPv4 is not null && errno == Errno.EADDRNOTAVAIL))
        {
            Port = bound;
            return Errno.None;
        }

        return errno;
    }
}
