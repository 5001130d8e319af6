using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Wgns.Linux.Forwarding;

/// <summary>
/// The header of PROXY protocol version 2 (haproxy's proxy-protocol.txt, section 2.2) by which who is connected to learns who
/// connects: the addresses of the connection outside, in front of its first byte.
/// </summary>
internal static class ProxyHeader
{
    /// <summary>Of the longest one: IPv6.</summary>
    internal const int MaxLength = Head + 36;

    private const int Head = 16;
    private const byte Version2Proxy = 0x21;
    private const byte TcpOverIPv4 = 0x11;
    private const byte TcpOverIPv6 = 0x21;

    private static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    private static ReadOnlySpan<byte> Mapped => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <param name="source">sockaddr of who connected; of a unix socket it says nothing, and the header that nothing is known.</param>
    /// <param name="destination">sockaddr of where that one connected to.</param>
    /// <returns>How long it is.</returns>
    internal static int Write(Span<byte> into, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination)
    {
        Signature.CopyTo(into);
        into[12] = Version2Proxy;
        var from = AddressOf(source);
        var to = AddressOf(destination);
        if (from.IsEmpty || from.Length != to.Length)
        {
            // AF_UNSPEC: "the receiver should ignore any address information".
            into[13] = 0;
            BinaryPrimitives.WriteUInt16BigEndian(into[14..], 0);
            return Head;
        }

        into[13] = from.Length == 4 ? TcpOverIPv4 : TcpOverIPv6;
        var length = (from.Length * 2) + 4;
        BinaryPrimitives.WriteUInt16BigEndian(into[14..], (ushort)length);
        var body = into[Head..];
        from.CopyTo(body);
        to.CopyTo(body[from.Length..]);
        source[2..4].CopyTo(body[(from.Length * 2)..]);
        destination[2..4].CopyTo(body[((from.Length * 2) + 2)..]);
        return Head + length;
    }

    // A socket of [::] has IPv4 within IPv6.
    private static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> name) => name.Length < 2 ? [] : MemoryMarshal.Read<ushort>(name) switch
    {
        Libc.AF_INET => name[4..8],
        Libc.AF_INET6 when name[8..20].SequenceEqual(Mapped) => name[20..24],
        Libc.AF_INET6 => name[8..24],
        _ => [],
    };
}
