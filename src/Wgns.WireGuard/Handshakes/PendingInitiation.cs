using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>An initiation of ours that was sent and not answered yet: what its response is read with. Disposing wipes it.</summary>
internal sealed class PendingInitiation(Peer peer, uint localIndex, IPrivateKey ephemeral) : IDisposable
{
    internal Peer Peer { get; } = peer;

    internal uint LocalIndex { get; } = localIndex;

    internal IPrivateKey Ephemeral { get; } = ephemeral;

    internal Secret Chain { get; } = new();

    internal Secret Hash { get; } = new();

    public void Dispose()
    {
        Ephemeral.Dispose();
        Chain.Dispose();
        Hash.Dispose();
    }
}
