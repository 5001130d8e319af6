using System.Security.Cryptography;

namespace Wgns.WireGuard.Primitives;

/// <summary>HKDF (RFC 5869) over HMAC-BLAKE2s without salt or info beyond a counter: the paper's Kdf1, Kdf2 and Kdf3 (5.4).</summary>
internal static class Kdf
{
    internal const int Length = 32;

    /// <summary>
    /// Derives one key, or two, or three: a shorter call leaves the later spans empty. A result may be written over
    /// <paramref name="key"/>.
    /// </summary>
    internal static void Derive(
        IPrimitives primitives, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> first, Span<byte> second = default, Span<byte> third = default)
    {
        Span<byte> extracted = stackalloc byte[Length];
        Span<byte> previous = stackalloc byte[Length + 1];
        try
        {
            primitives.Hmac(key, input, extracted);
            previous[0] = 1;
            primitives.Hmac(extracted, previous[..1], first);
            if (second.IsEmpty)
            {
                return;
            }

            first.CopyTo(previous);
            previous[Length] = 2;
            primitives.Hmac(extracted, previous, second);
            if (third.IsEmpty)
            {
                return;
            }

            second.CopyTo(previous);
            previous[Length] = 3;
            primitives.Hmac(extracted, previous, third);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(extracted);
            CryptographicOperations.ZeroMemory(previous);
        }
    }
}
