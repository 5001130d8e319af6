using System.Buffers.Binary;

namespace Wgns.WireGuard.Routing;

/// <summary>The few fields of an IPv4 (RFC 791, 3.1) or IPv6 (RFC 8200, 3) header that the protocol looks at.</summary>
internal static class IpHeader
{
    private const int IPv4Length = 20;
    private const int IPv6Length = 40;

    /// <summary>4 or 6 where a whole header of that version is there, else 0.</summary>
    internal static int VersionOf(ReadOnlySpan<byte> packet) => packet.Length < IPv4Length ? 0 : (packet[0] >> 4) switch
    {
        4 => 4,
        6 when packet.Length >= IPv6Length => 6,
        _ => 0,
    };

    /// <summary>The packet's length by its header, without the padding behind it; 0 where that is not possible.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> padded)
    {
        var length = VersionOf(padded) switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(padded[2..]),
            6 => BinaryPrimitives.ReadUInt16BigEndian(padded[4..]) + IPv6Length,
            _ => 0,
        };
        return length >= IPv4Length && length <= padded.Length ? length : 0;
    }
}
