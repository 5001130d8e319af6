using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>
/// What anybody who knows a public key can derive from it (the paper, 5.4.4 and 5.4.7): the key of mac1, by which a message shows
/// that its sender knows whom it is for, and the key under which that one's cookies travel.
/// </summary>
internal sealed class MacKeys
{
    private readonly byte[] _mac1 = new byte[Secret.Length];
    private readonly byte[] _cookie = new byte[Secret.Length];

    internal MacKeys(IPrimitives primitives, ReadOnlySpan<byte> publicKey)
    {
        primitives.Hash("mac1----"u8, publicKey, _mac1);
        primitives.Hash("cookie--"u8, publicKey, _cookie);
    }

    internal ReadOnlySpan<byte> Mac1 => _mac1;

    internal ReadOnlySpan<byte> Cookie => _cookie;
}
