using System.Buffers.Binary;
using Wgns.Linux.Tun;

namespace Wgns.Engine.Embedded;

/// <summary>
/// A packet from the TUN that is many: each segment gets the headers with its own length, sequence number and checksum, and
/// its part of the payload. Also one packet, whose checksum is left to be finished. The header's claims are checked against the packet.
/// </summary>
internal ref struct Segments
{
    private readonly Span<byte> _packet;
    private readonly VirtioHeader _header;
    private readonly int _transport;
    private readonly int _headers;
    private readonly int _payload;
    private int _done;
    private bool _isAtEnd;

    /// <param name="packet">Behind the <see cref="VirtioHeader"/>.</param>
    internal Segments(in VirtioHeader header, Span<byte> packet)
    {
        _header = header;
        _packet = packet;
        _transport = header.ChecksumStart;
        _payload = packet.Length;
        if (packet.Length < PacketFields.IPv4Length || (PacketFields.IsIPv6(packet) && packet.Length < PacketFields.IPv6Length))
        {
            _isAtEnd = true;
        }
        else if (header.Segmentation == Segmentation.None)
        {
            FinishChecksum();
        }
        else
        {
            _headers = HeadersLength();
            _payload = packet.Length - _headers;
            _isAtEnd = _headers == 0 || header.SegmentSize == 0 || _payload <= 0;
        }
    }

    /// <summary>How long the next one is; 0 at the end.</summary>
    internal readonly int NextLength => _isAtEnd ? 0 : _headers + NextPayload;

    private readonly int NextPayload => _header.Segmentation == Segmentation.None ? _payload : Math.Min(_header.SegmentSize, _payload - _done);

    private readonly bool IsUdp => _header.Segmentation == Segmentation.Udp;

    /// <summary>Writes the next one.</summary>
    /// <param name="segment">Of <see cref="NextLength"/> bytes.</param>
    internal void Write(Span<byte> segment)
    {
        if (_header.Segmentation == Segmentation.None)
        {
            _packet.CopyTo(segment);
            _isAtEnd = true;
            return;
        }

        var length = NextPayload;
        _packet[.._headers].CopyTo(segment);
        _packet.Slice(_headers + _done, length).CopyTo(segment[_headers..]);
        var isLast = _done + length == _payload;
        if (!PacketFields.IsIPv6(segment))
        {
            var number = BinaryPrimitives.ReadUInt16BigEndian(segment[PacketFields.IPv4Identification..]);
            BinaryPrimitives.WriteUInt16BigEndian(segment[PacketFields.IPv4Identification..], (ushort)(number + (_done / _header.SegmentSize)));
        }

        PacketFields.SetLength(segment, _transport, segment.Length);
        var part = segment[_transport..];
        if (IsUdp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(part[PacketFields.UdpSize..], (ushort)part.Length);
        }
        else
        {
            var sequence = BinaryPrimitives.ReadUInt32BigEndian(part[PacketFields.TcpSequence..]);
            BinaryPrimitives.WriteUInt32BigEndian(part[PacketFields.TcpSequence..], sequence + (uint)_done);

            // FIN and PSH are the last one's, and that the window was reduced is said once.
            part[PacketFields.TcpFlags] &= (byte)~((isLast ? 0 : PacketFields.Fin | PacketFields.Psh) | (_done == 0 ? 0 : PacketFields.Cwr));
        }

        PacketFields.Sign(
            segment, _transport, IsUdp ? PacketFields.Udp : PacketFields.Tcp, IsUdp ? PacketFields.UdpChecksum : PacketFields.TcpChecksum);
        _done += length;
        _isAtEnd = isLast;
    }

    /// <summary>0 where they are not as the header says.</summary>
    private readonly int HeadersLength()
    {
        var isIPv6 = PacketFields.IsIPv6(_packet);
        var least = isIPv6 ? PacketFields.IPv6Length : PacketFields.IPv4Length;
        var known = _header.Segmentation switch
        {
            Segmentation.Tcp4 => !isIPv6,
            Segmentation.Tcp6 => isIPv6,
            Segmentation.Udp => true,
            _ => false,
        };
        if (!known || _transport < least || _transport + (IsUdp ? PacketFields.UdpLength : PacketFields.TcpLength) > _packet.Length)
        {
            return 0;
        }

        var transportLength = IsUdp ? PacketFields.UdpLength : (_packet[_transport + 12] >> 4) * 4;
        return transportLength >= (IsUdp ? PacketFields.UdpLength : PacketFields.TcpLength) && _transport + transportLength < _packet.Length ? _transport + transportLength : 0;
    }

    private readonly void FinishChecksum()
    {
        var field = _header.ChecksumStart + _header.ChecksumOffset;
        if (!_header.NeedsChecksum || field + 2 > _packet.Length)
        {
            return;
        }

        // The field holds the pseudo header's sum already.
        var checksum = (ushort)~InternetChecksum.Fold(InternetChecksum.Add(0, _packet[_header.ChecksumStart..]));
        PacketFields.Write(_packet[field..], checksum == 0 ? (ushort)0xFFFF : checksum);
    }
}
