namespace Wgns.WireGuard.Primitives;

/// <summary>
/// A Curve25519 private key, ready to be used: the work of making it so is done once for a static key that answers
/// thousands of initiations. Disposing wipes it. Any thread may call.
/// </summary>
public interface IPrivateKey : IDisposable
{
    /// <summary>32 bytes.</summary>
    ReadOnlySpan<byte> PublicKey { get; }

    /// <summary>
    /// X25519 (RFC 7748, 5) with a peer's 32-byte public key, into 32 bytes.
    /// </summary>
    /// <returns>False, and zeros, where the result is all zeros: a point of small order, which the protocol refuses.</returns>
    bool TryAgree(ReadOnlySpan<byte> publicKey, Span<byte> secret);
}
