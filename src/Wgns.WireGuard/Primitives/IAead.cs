namespace Wgns.WireGuard.Primitives;

/// <summary>
/// ChaCha20-Poly1305 (RFC 8439) with the protocol's nonce: 32 zero bits, then the counter, little endian. One thread at a
/// time; takes any key with each call, so that a thread needs one of these and not one for each session.
/// </summary>
public interface IAead : IDisposable
{
    /// <summary>
    /// Encrypts. <paramref name="sealed"/> is 16 bytes longer than <paramref name="plain"/>, and is either the same memory
    /// (encryption in place) or does not overlap it.
    /// </summary>
    void Seal(ReadOnlySpan<byte> key, ulong counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> @sealed);

    /// <summary>
    /// Decrypts. <paramref name="plain"/> is 16 bytes shorter than <paramref name="sealed"/>, and is either the same memory
    /// or does not overlap it. Compares the tag in constant time.
    /// </summary>
    /// <returns>False where the tag is wrong; <paramref name="plain"/> then holds nothing that may be used.</returns>
    bool TryOpen(ReadOnlySpan<byte> key, ulong counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> @sealed, Span<byte> plain);

    /// <summary>Forgets the key of the last call: for a thread that goes to sleep.</summary>
    void Forget();
}
