using System.Diagnostics.CodeAnalysis;

namespace Wgns.Linux.WireGuard;

/// <summary>A peer's Curve25519 public key: 32 bytes, compared by value, printed as base64. Not a secret.</summary>
public sealed class WireGuardKey : IEquatable<WireGuardKey>
{
    /// <summary>WG_KEY_LEN of linux/wireguard.h.</summary>
    public const int Length = 32;

    private readonly byte[] _bytes;

    public WireGuardKey(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        _bytes = bytes.ToArray();
    }

    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Reads the 44 characters of base64 that wg(8) prints.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WireGuardKey? key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var ok = KeyText.TryDecode(text, bytes);
        key = ok ? new WireGuardKey(bytes) : null;
        return ok;
    }

    public bool Equals(WireGuardKey? other) => other is not null && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as WireGuardKey);

    /// <summary>Of all bytes, and another in each process: keys are found that begin alike, and a file may hold thousands of them.</summary>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToBase64String(_bytes);
}
