using Wgns.Linux.Sockets;
using Wgns.Linux.Time;
using Wgns.WireGuard;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Sessions;

namespace Wgns.Engine.Embedded;

/// <summary>
/// From a socket to the TUN: datagrams that the kernel has joined are opened where they lie and given on in as few writes as
/// can be; handshakes are put aside. One thread's; nothing is allocated once a session is there.
/// </summary>
internal sealed class InboundPump(
    Device device, IAead aead, IDatagramSocket socket, Joining joining, HandshakeQueue handshakes, Carrier carrier) : IDisposable
{
    /// <summary>The most datagrams of one size that fit where the kernel joins them.</summary>
    private const int MostSlices = 65536 / Transport.EmptyLength;

    private readonly ReceiveBuffer _buffer = new();
    private readonly Slice[] _slices = new Slice[MostSlices];

    /// <summary>Takes what is there, up to a batch.</summary>
    /// <returns>Whether there was anything; where not, there will be when the socket is readable.</returns>
    internal bool Step()
    {
        var count = socket.Receive(_buffer);
        var now = count > 0 ? BootClock.Now : default;
        foreach (ref readonly var datagram in _buffer.Datagrams[..count])
        {
            Take(now, datagram);
        }

        joining.Flush(_buffer.Bytes);
        return count > 0;
    }

    public void Dispose() => _buffer.Dispose();

    private void Take(TimeSpan now, in Datagram datagram)
    {
        var size = datagram.SegmentSize > 0 ? datagram.SegmentSize : datagram.Length;
        var count = 0;
        for (var at = 0; at < datagram.Length && count < MostSlices; at += size)
        {
            _slices[count++] = new Slice(datagram.Start + at, Math.Min(size, datagram.Length - at));
        }

        var slices = _slices.AsSpan(0, count);
        while (!slices.IsEmpty)
        {
            var message = _buffer.Bytes.Slice(slices[0].Start, slices[0].Length);
            if (MessageType.Of(message) != MessageType.Transport)
            {
                handshakes.TryAdd(message, datagram.Remote);
                slices = slices[1..];
                continue;
            }

            slices = slices[Open(now, slices, datagram.Remote)..];
        }
    }

    private int Open(TimeSpan now, Span<Slice> slices, in Endpoint source)
    {
        var done = device.Open(aead, now, _buffer.Bytes, slices, source, out var peer, out var followUps);
        foreach (var packet in slices[..done])
        {
            if (packet.Length > 0)
            {
                joining.Add(_buffer.Bytes, packet);
            }
        }

        if (followUps != FollowUps.None && peer is not null)
        {
            device.React(new Instant(now, DateTimeOffset.UtcNow), peer, followUps, carrier.Actions);
            carrier.CarryOut();
        }

        return done;
    }
}
