using Wgns.WireGuard.Primitives;

namespace Wgns.Tests.WireGuard;

/// <summary>The same bytes in every run.</summary>
internal sealed class SeededRandom(int seed) : IRandom
{
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);
}
