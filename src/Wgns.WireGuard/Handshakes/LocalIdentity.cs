using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>Our static key, and what is derived from its public half.</summary>
internal sealed class LocalIdentity : IDisposable
{
    private readonly byte[] _publicKey;

    internal LocalIdentity(IPrimitives primitives, ReadOnlySpan<byte> privateKey)
    {
        Key = primitives.OpenPrivateKey(privateKey);
        _publicKey = Key.PublicKey.ToArray();
        Macs = new MacKeys(primitives, _publicKey);
    }

    internal IPrivateKey Key { get; }

    internal ReadOnlySpan<byte> PublicKeyBytes => _publicKey;

    /// <summary>The keys of the macs in messages to us.</summary>
    internal MacKeys Macs { get; }

    public void Dispose() => Key.Dispose();
}
