using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Wgns.Linux.Libcrypto;

namespace Wgns.Linux.WireGuard;

/// <summary>A private or preshared key: 32 bytes, wiped on disposal, redacted wherever it would be printed.</summary>
public sealed class SecretKey : IDisposable
{
    // Pinned, so that the garbage collector leaves no moved copy behind for Dispose to miss.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(WireGuardKey.Length, pinned: true);

    public SecretKey(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, WireGuardKey.Length);
        bytes.CopyTo(_bytes);
    }

    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>All zeros: how the kernel and the UAPI say "no key".</summary>
    public bool IsZero => CryptographicOperations.FixedTimeEquals(_bytes, stackalloc byte[WireGuardKey.Length]);

    /// <summary>Reads base64 text; the caller owns, and wipes, the text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SecretKey? key)
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        try
        {
            key = KeyText.TryDecode(text, bytes) ? new SecretKey(bytes) : null;
            return key is not null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>What may be kept of a secret to tell later whether it is still the same.</summary>
    public KeyFingerprint Fingerprint() => KeyFingerprint.Of(Span);

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    public override string ToString() => "(hidden)";
}

/// <summary>SHA-256 of a secret key. The key has 256 bits of entropy, so this gives nothing of it away.</summary>
public readonly record struct KeyFingerprint(string Hex)
{
    public static KeyFingerprint Of(ReadOnlySpan<byte> secret) => new(Sha256.Hex(secret));

    public override string ToString() => Hex[..8];
}
