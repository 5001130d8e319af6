using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>The two macs at the end of an initiation and of a response (the paper, 5.4.4).</summary>
internal static class Macs
{
    internal const int Length = 16;

    internal static Span<byte> Mac1Of(Span<byte> message) => message[^32..^16];

    internal static ReadOnlySpan<byte> Mac1Of(ReadOnlySpan<byte> message) => message[^32..^16];

    internal static Span<byte> Mac2Of(Span<byte> message) => message[^16..];

    /// <summary>Whether the sender knows our public key. Compares in constant time.</summary>
    internal static bool IsMac1Valid(IPrimitives primitives, MacKeys keys, ReadOnlySpan<byte> message)
    {
        Span<byte> expected = stackalloc byte[Length];
        primitives.Mac(keys.Mac1, message[..^32], expected);
        return CryptographicOperations.FixedTimeEquals(expected, message[^32..^16]);
    }

    /// <summary>Whether the sender holds the cookie for its address.</summary>
    internal static bool IsMac2Valid(IPrimitives primitives, ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> message)
    {
        Span<byte> expected = stackalloc byte[Length];
        primitives.Mac(cookie, message[..^16], expected);
        return CryptographicOperations.FixedTimeEquals(expected, message[^16..]);
    }
}
