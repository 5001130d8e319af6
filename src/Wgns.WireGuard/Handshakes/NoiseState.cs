using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>
/// The chaining key and the hash that both sides of Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s carry through a handshake (the
/// paper, 5.4; the Noise specification's SymmetricState). The memory is the caller's: on the stack for an answer, so that a
/// stranger's message allocates nothing.
/// </summary>
internal readonly ref struct NoiseState(IPrimitives primitives, IAead aead, Span<byte> chain, Span<byte> hash)
{
    internal const int TagLength = 16;

    private readonly Span<byte> _chain = chain;
    private readonly Span<byte> _hash = hash;

    internal ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Begins a handshake with the owner of a static key.</summary>
    internal void Begin(ReadOnlySpan<byte> responderStatic)
    {
        primitives.Hash("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"u8, default, _chain);
        primitives.Hash(_chain, "WireGuard v1 zx2c4 Jason@zx2c4.com"u8, _hash);
        MixHash(responderStatic);
    }

    internal void MixHash(ReadOnlySpan<byte> data) => primitives.Hash(_hash, data, _hash);

    internal void MixKey(ReadOnlySpan<byte> input) => Kdf.Derive(primitives, _chain, input, _chain);

    internal void MixKey(ReadOnlySpan<byte> input, Span<byte> key) => Kdf.Derive(primitives, _chain, input, _chain, key);

    /// <summary>An ephemeral key in the clear: into both.</summary>
    internal void MixEphemeral(ReadOnlySpan<byte> publicKey)
    {
        MixKey(publicKey);
        MixHash(publicKey);
    }

    internal void MixPresharedKey(ReadOnlySpan<byte> preshared, Span<byte> key)
    {
        Span<byte> mixed = stackalloc byte[Secret.Length];
        Kdf.Derive(primitives, _chain, preshared, _chain, mixed, key);
        MixHash(mixed);
        CryptographicOperations.ZeroMemory(mixed);
    }

    /// <summary>Encrypts under a key that is used once, and mixes the result in.</summary>
    internal void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, Span<byte> @sealed)
    {
        aead.Seal(key, 0, _hash, plain, @sealed);
        MixHash(@sealed);
    }

    internal bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> @sealed, Span<byte> plain)
    {
        if (!aead.TryOpen(key, 0, _hash, @sealed, plain))
        {
            return false;
        }

        MixHash(@sealed);
        return true;
    }

    /// <summary>The transport's keys: the initiator sends with the first and receives with the second.</summary>
    internal void Split(Span<byte> first, Span<byte> second) => Kdf.Derive(primitives, _chain, default, first, second);
}
