using Wgns.Linux.Sockets;
using Wgns.Linux.Time;
using Wgns.Linux.Tun;
using Wgns.WireGuard;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Sessions;

namespace Wgns.Engine.Embedded;

/// <summary>
/// From one queue of the TUN to the socket: packets are cut, laid out one after the other as messages, encrypted where they lie,
/// and sent as few datagrams. One thread's; nothing is allocated once a session is there.
/// </summary>
internal sealed class OutboundPump(Device device, IAead aead, ITunQueue queue, Bind bind, Carrier carrier)
{
    private const int MostMessages = 1024;

    /// <summary>As much is gathered before it is sent, so that it is still in the processor's nearest caches.</summary>
    private const int Enough = 64 * 1024;

    /// <summary>Enough, and one more packet of any size.</summary>
    private const int Room = Enough + (96 * 1024);

    // UDP_MAX_SEGMENTS was 64 before Linux 6.9, and a datagram has at most 65535 bytes with its headers.
    private const int MostSegments = 64;
    private const int MostBytes = 65535 - 48;

    private readonly byte[] _packet = GC.AllocateUninitializedArray<byte>(VirtioHeader.Length + ushort.MaxValue, pinned: true);
    private readonly byte[] _messages = GC.AllocateUninitializedArray<byte>(Room, pinned: true);
    private readonly Slice[] _slices = new Slice[MostMessages];
    private readonly Peer[] _peers = new Peer[MostMessages];
    private readonly Datagram[] _datagrams = new Datagram[MostMessages];
    private int _used;
    private int _count;
    private int _ready;
    private int _mtu;

    /// <summary>Takes what is there, up to a batch.</summary>
    /// <returns>Whether there was anything; where not, there will be when the queue is readable.</returns>
    internal bool Step()
    {
        _mtu = device.Mtu;
        var any = false;
        while (_used < Enough && queue.Read(_packet) is > VirtioHeader.Length and var length)
        {
            any = true;
            Take(VirtioHeader.Read(_packet), _packet.AsSpan(VirtioHeader.Length, length - VirtioHeader.Length));
        }

        Flush();
        return any;
    }

    private void Take(in VirtioHeader header, Span<byte> packet)
    {
        if (device.PeerFor(packet) is not { } peer)
        {
            return;
        }

        var segments = new Segments(header, packet);
        while (segments.NextLength is > 0 and var length)
        {
            var room = Transport.MessageLength(length, _mtu);
            if (_used + room > Room || _count == MostMessages)
            {
                Flush();
            }

            segments.Write(_messages.AsSpan(_used + Transport.HeaderLength, length));
            _slices[_count] = new Slice(_used, length);
            _peers[_count++] = peer;
            _used += room;
        }
    }

    private void Flush()
    {
        var now = _count > 0 ? BootClock.Now : default;
        for (var from = 0; from < _count;)
        {
            var to = from + 1;
            while (to < _count && _peers[to] == _peers[from])
            {
                to++;
            }

            Encrypt(now, _peers[from], _slices.AsSpan(from..to));
            from = to;
        }

        SendReady();
        (_count, _used) = (0, 0);
    }

    private void Encrypt(TimeSpan now, Peer peer, Span<Slice> run)
    {
        if (Device.SealLaidOut(aead, now, peer, _messages, run, _mtu, out var followUps))
        {
            Address(peer, run);
            if (followUps != FollowUps.None)
            {
                SendReady();
                device.React(new Instant(now, DateTimeOffset.UtcNow), peer, followUps, carrier.Actions);
                carrier.CarryOut();
            }

            return;
        }

        SendReady();
        foreach (var slice in run)
        {
            var packet = _messages.AsSpan(slice.Start + Transport.HeaderLength, slice.Length);
            _ = device.Send(new Instant(now, DateTimeOffset.UtcNow), peer, packet, carrier.Actions);
        }

        carrier.CarryOut();
    }

    /// <summary>Makes datagrams of messages: as many of one size as one may have, and a shorter one at its end.</summary>
    private void Address(Peer peer, ReadOnlySpan<Slice> run)
    {
        if (peer.Endpoint is not { } endpoint)
        {
            return;
        }

        var most = bind.Segments(endpoint.IsIPv6) ? MostSegments : 1;
        while (!run.IsEmpty)
        {
            var size = run[0].Length;
            var (count, length) = (1, size);
            while (count < run.Length && count < most && run[count].Length <= size && length + size <= MostBytes)
            {
                length += run[count].Length;
                if (run[count++].Length < size)
                {
                    break;
                }
            }

            if (_ready == _datagrams.Length)
            {
                SendReady();
            }

            _datagrams[_ready++] = new Datagram(run[0].Start, length, count > 1 ? size : 0, endpoint);
            run = run[count..];
        }
    }

    private void SendReady()
    {
        bind.Send(_messages, _datagrams.AsSpan(0, _ready));
        _ready = 0;
    }
}
