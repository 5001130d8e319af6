namespace Wgns.WireGuard;

/// <summary>The peers of a device by public key, in the order in which they were added. Under the device's gate.</summary>
internal sealed class PeerTable
{
    private readonly Dictionary<PublicKey, Peer> _byKey = [];
    private readonly List<Peer> _inOrder = [];

    internal IReadOnlyList<Peer> All => _inOrder;

    internal Peer? Find(PublicKey key) => _byKey.GetValueOrDefault(key);

    internal void Add(Peer peer)
    {
        _byKey.Add(peer.PublicKey, peer);
        _inOrder.Add(peer);
    }

    internal void Remove(Peer peer)
    {
        _byKey.Remove(peer.PublicKey);
        _inOrder.Remove(peer);
    }
}
