using System.Buffers.Binary;
using Wgns.Linux.Tun;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>
/// Packets of one flow that follow each other, to be given to the TUN as one: the first whole, of the others the payload, all where
/// they were decrypted. As the kernel's own GRO has it (net/ipv4/tcp_offload.c), and like the kernel's WireGuard it takes an
/// authenticated packet's checksum for right.
/// </summary>
internal sealed class JoinedPackets
{
    // UDP_MAX_SEGMENTS was 64 before Linux 6.9.
    private const int MostUdp = 64;

    private readonly Slice[] _parts = new Slice[128];
    private FlowKey _key;
    private int _count;
    private int _segmentSize;
    private int _length;
    private uint _nextSequence;
    private bool _isPushed;

    internal bool IsEmpty => _count == 0;

    internal uint Hash => _key.Hash;

    /// <summary>No other can follow.</summary>
    internal bool IsClosed { get; private set; }

    internal void Begin(ReadOnlySpan<byte> buffer, Slice packet, in FlowKey key)
    {
        var bytes = buffer.Slice(packet.Start, packet.Length);
        _key = key;
        _parts[0] = packet;
        _count = 1;
        _segmentSize = packet.Length - key.Headers;
        _length = packet.Length;
        _isPushed = IsPushed(bytes);
        IsClosed = _isPushed;
        _nextSequence = key.IsUdp ? 0 : Sequence(bytes) + (uint)_segmentSize;
    }

    /// <returns>False where it does not follow.</returns>
    internal bool TryAppend(ReadOnlySpan<byte> buffer, Slice packet, in FlowKey key)
    {
        var payload = packet.Length - key.Headers;
        if (IsClosed
            || key != _key
            || payload > _segmentSize
            || _length + payload > ushort.MaxValue
            || _count == (key.IsUdp ? MostUdp : _parts.Length)
            || !Follows(buffer.Slice(_parts[0].Start, key.Headers), buffer.Slice(packet.Start, key.Headers)))
        {
            return false;
        }

        _isPushed = IsPushed(buffer.Slice(packet.Start, packet.Length));
        _parts[_count++] = new Slice(packet.Start + key.Headers, payload);
        _length += payload;
        _nextSequence += (uint)payload;
        IsClosed = payload < _segmentSize || _isPushed;
        return true;
    }

    /// <summary>Writes them and is empty again. What the kernel does not take, the link being down, is lost.</summary>
    internal void Write(ITunQueue queue, Span<byte> buffer)
    {
        _ = queue.Write(_count == 1 ? default : Merge(buffer.Slice(_parts[0].Start, _key.Headers)), buffer, _parts.AsSpan(0, _count));
        _count = 0;
    }

    private VirtioHeader Merge(Span<byte> headers)
    {
        PacketFields.SetLength(headers, _key.Transport, _length);
        var part = headers[_key.Transport..];
        var protocol = _key.IsUdp ? PacketFields.Udp : PacketFields.Tcp;
        var field = _key.IsUdp ? PacketFields.UdpChecksum : PacketFields.TcpChecksum;
        var transportLength = _length - _key.Transport;
        if (_key.IsUdp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(part[PacketFields.UdpSize..], (ushort)transportLength);
        }
        else if (_isPushed)
        {
            part[PacketFields.TcpFlags] |= PacketFields.Psh;
        }

        PacketFields.Write(part[field..], InternetChecksum.Fold(PacketFields.PseudoHeader(headers, protocol, transportLength)));
        return new VirtioHeader(
            _key.IsUdp ? Segmentation.Udp : PacketFields.IsIPv6(headers) ? Segmentation.Tcp6 : Segmentation.Tcp4,
            NeedsChecksum: true,
            (ushort)_key.Headers,
            (ushort)_segmentSize,
            (ushort)_key.Transport,
            (ushort)field);
    }

    /// <summary>Whether everything is equal that must be: all but lengths, checksums, IPv4's number, TCP's sequence and PSH.</summary>
    private bool Follows(ReadOnlySpan<byte> first, ReadOnlySpan<byte> other)
    {
        var isSameIp = PacketFields.IsIPv6(first)
            ? first[..4].SequenceEqual(other[..4]) && first[6..PacketFields.IPv6Length].SequenceEqual(other[6..PacketFields.IPv6Length])
            : first[..2].SequenceEqual(other[..2]) && first[6..10].SequenceEqual(other[6..10]) && first[12..20].SequenceEqual(other[12..20]);
        var ours = first[_key.Transport..];
        var theirs = other[_key.Transport..];
        return isSameIp
            && ours[..4].SequenceEqual(theirs[..4])
            && (_key.IsUdp
                || (Sequence(other) == _nextSequence
                    && ours[8..PacketFields.TcpFlags].SequenceEqual(theirs[8..PacketFields.TcpFlags])

                    // A window that has opened is said once, by a segment that need not be the first.
                    && ours[PacketFields.TcpWindow..PacketFields.TcpChecksum].SequenceEqual(theirs[PacketFields.TcpWindow..PacketFields.TcpChecksum])
                    && ours[(PacketFields.TcpChecksum + 2)..].SequenceEqual(theirs[(PacketFields.TcpChecksum + 2)..])));
    }

    private uint Sequence(ReadOnlySpan<byte> packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet[(_key.Transport + PacketFields.TcpSequence)..]);

    private bool IsPushed(ReadOnlySpan<byte> packet) =>
        !_key.IsUdp && (packet[_key.Transport + PacketFields.TcpFlags] & PacketFields.Psh) != 0;
}
