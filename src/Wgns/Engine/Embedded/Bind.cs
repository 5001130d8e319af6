using Wgns.Linux.Sockets;

namespace Wgns.Engine.Embedded;

/// <summary>The socket of each version of IP; null where the machine has no such version.</summary>
internal sealed class Bind(IDatagramSocket? ipv4, IDatagramSocket? ipv6)
{
    /// <summary>Whether datagrams of one size may be sent as one.</summary>
    internal bool Segments(bool isIPv6) => (isIPv6 ? ipv6 : ipv4)?.Segments ?? false;

    /// <summary>Sends all, each by its socket, in order.</summary>
    internal void Send(ReadOnlySpan<byte> buffer, ReadOnlySpan<Datagram> datagrams)
    {
        while (!datagrams.IsEmpty)
        {
            var isIPv6 = datagrams[0].Remote.IsIPv6;
            var count = 1;
            while (count < datagrams.Length && datagrams[count].Remote.IsIPv6 == isIPv6)
            {
                count++;
            }

            (isIPv6 ? ipv6 : ipv4)?.Send(buffer, datagrams[..count]);
            datagrams = datagrams[count..];
        }
    }
}
