using System.Security.Cryptography;

namespace Wgns.WireGuard.Primitives;

/// <summary>32 secret bytes, wiped on disposal, redacted where they would be printed.</summary>
internal sealed class Secret : IDisposable
{
    internal const int Length = 32;

    // Pinned, so that the garbage collector leaves no moved copy behind for Dispose to miss.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(Length, pinned: true);

    internal Secret()
    {
    }

    internal Secret(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        bytes.CopyTo(_bytes);
    }

    internal Span<byte> Span => _bytes;

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    public override string ToString() => "(hidden)";
}
