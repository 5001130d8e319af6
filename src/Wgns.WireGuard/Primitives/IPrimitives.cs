namespace Wgns.WireGuard.Primitives;

/// <summary>
/// The cryptography that the protocol is made of, by somebody else's library. Any thread may call; every input and output
/// length is fixed by the protocol, so a wrong one is the caller's error and throws.
/// </summary>
public interface IPrimitives
{
    /// <summary>BLAKE2s-256 (RFC 7693) of <paramref name="first"/> followed by <paramref name="second"/>, into 32 bytes.</summary>
    void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash);

    /// <summary>Keyed BLAKE2s (RFC 7693) with a key of 1 to 32 bytes, into 16 bytes: the paper's MAC.</summary>
    void Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac);

    /// <summary>HMAC (RFC 2104) over BLAKE2s-256, into 32 bytes.</summary>
    void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac);

    /// <summary>
    /// HChaCha20 (draft-irtf-cfrg-xchacha-03, 2.2): a 32-byte key for a 32-byte key and the first 16 bytes of a nonce.
    /// </summary>
    void HChaCha20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> derived);

    /// <summary>Takes 32 bytes as a Curve25519 private key (RFC 7748), clamped or not; keeps a copy of its own.</summary>
    IPrivateKey OpenPrivateKey(ReadOnlySpan<byte> key);

    /// <summary>A cipher for one thread: make one for each that encrypts or decrypts.</summary>
    IAead CreateAead();
}
