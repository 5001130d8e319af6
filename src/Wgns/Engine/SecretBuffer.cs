using System.Security.Cryptography;

namespace Wgns.Engine;

/// <summary>Bytes that grow and may hold keys: pinned, so that no moved copy stays behind, and wiped when given up.</summary>
internal sealed class SecretBuffer : IDisposable
{
    private byte[] _bytes;

    internal SecretBuffer(int capacity) => _bytes = GC.AllocateArray<byte>(capacity, pinned: true);

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        Length = 0;
    }

    /// <summary>Room behind what is there, at least <paramref name="size"/> bytes.</summary>
    internal Span<byte> Reserve(int size)
    {
        if (_bytes.Length - Length < size)
        {
            var larger = GC.AllocateArray<byte>(Math.Max(_bytes.Length * 2, Length + size), pinned: true);
            Span.CopyTo(larger);
            CryptographicOperations.ZeroMemory(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Counts in what was put into what <see cref="Reserve"/> gave.</summary>
    internal void Commit(int size) => Length += size;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Commit(bytes.Length);
    }
}
