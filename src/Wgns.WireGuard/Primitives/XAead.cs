using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Wgns.WireGuard.Primitives;

/// <summary>
/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, 2.3), for cookies: HChaCha20 of the first 16 bytes of a 24-byte nonce
/// gives the key of a ChaCha20-Poly1305 whose nonce is 32 zero bits and the last 8.
/// </summary>
internal static class XAead
{
    internal const int NonceLength = 24;

    internal static void Seal(
        IPrimitives primitives, IAead aead, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> @sealed)
    {
        Span<byte> derived = stackalloc byte[Secret.Length];
        primitives.HChaCha20(key, nonce[..16], derived);
        aead.Seal(derived, BinaryPrimitives.ReadUInt64LittleEndian(nonce[16..]), associated, plain, @sealed);
        CryptographicOperations.ZeroMemory(derived);
    }

    internal static bool TryOpen(
        IPrimitives primitives, IAead aead, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> @sealed, Span<byte> plain)
    {
        Span<byte> derived = stackalloc byte[Secret.Length];
        primitives.HChaCha20(key, nonce[..16], derived);
        var opened = aead.TryOpen(derived, BinaryPrimitives.ReadUInt64LittleEndian(nonce[16..]), associated, @sealed, plain);
        CryptographicOperations.ZeroMemory(derived);
        return opened;
    }
}
