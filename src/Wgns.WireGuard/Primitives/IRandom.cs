namespace Wgns.WireGuard.Primitives;

/// <summary>Unpredictable bytes. Any thread may call.</summary>
public interface IRandom
{
    void Fill(Span<byte> bytes);
}
