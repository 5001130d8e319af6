using System.Buffers.Binary;
using System.Net;

namespace Wgns.WireGuard.Routing;

/// <summary>
/// Cryptokey routing (the paper, 2): which peer a packet goes to, by its destination, and which one it may have come from, by its
/// source; the longest prefix wins. Any thread looks up; changes are made under the device's gate.
/// </summary>
internal sealed class AllowedIps
{
    private readonly PrefixTree<uint, Peer> _ipv4 = new();
    private readonly PrefixTree<UInt128, Peer> _ipv6 = new();

    // What the trees hold of each peer. To look for it there would be a walk through everybody's, for each of thousands of peers.
    private readonly Dictionary<Peer, HashSet<AllowedIp>> _owned = [];

    /// <summary>The peer for a packet's destination; null for none, and for what is no IP packet.</summary>
    internal Peer? ForDestination(ReadOnlySpan<byte> packet) => IpHeader.VersionOf(packet) switch
    {
        4 => _ipv4.Find(BinaryPrimitives.ReadUInt32BigEndian(packet[16..])),
        6 => _ipv6.Find(BinaryPrimitives.ReadUInt128BigEndian(packet[24..])),
        _ => null,
    };

    /// <summary>The peer that a packet's source belongs to.</summary>
    internal Peer? ForSource(ReadOnlySpan<byte> packet) => IpHeader.VersionOf(packet) switch
    {
        4 => _ipv4.Find(BinaryPrimitives.ReadUInt32BigEndian(packet[12..])),
        6 => _ipv6.Find(BinaryPrimitives.ReadUInt128BigEndian(packet[8..])),
        _ => null,
    };

    /// <summary>Gives a prefix to a peer; it is then no longer another's.</summary>
    internal void Set(AllowedIp prefix, Peer peer)
    {
        prefix = prefix.Masked();
        var owner = prefix.IsIPv6
            ? _ipv6.Set(IPv6Bits(prefix.Address), prefix.PrefixLength, peer)
            : _ipv4.Set(IPv4Bits(prefix.Address), prefix.PrefixLength, peer);
        if (owner == peer)
        {
            return;
        }

        if (owner is not null)
        {
            Disown(owner, prefix);
        }

        if (!_owned.TryGetValue(peer, out var owned))
        {
            _owned.Add(peer, owned = []);
        }

        owned.Add(prefix);
    }

    /// <summary>Takes every prefix from a peer but those in <paramref name="except"/>.</summary>
    internal void Clear(Peer peer, IReadOnlySet<AllowedIp>? except = null)
    {
        foreach (var prefix in Of(peer).Where(p => except?.Contains(p) != true))
        {
            _ = prefix.IsIPv6
                ? _ipv6.Remove(IPv6Bits(prefix.Address), prefix.PrefixLength)
                : _ipv4.Remove(IPv4Bits(prefix.Address), prefix.PrefixLength);
            Disown(peer, prefix);
        }
    }

    /// <summary>A peer's prefixes, with the bits behind them cleared: IPv4 first, then in the order of addresses, a shorter one before those in it.</summary>
    internal IReadOnlyList<AllowedIp> Of(Peer peer) =>
        _owned.TryGetValue(peer, out var owned)
            ? [.. owned.OrderBy(p => p.IsIPv6).ThenBy(p => p.IsIPv6 ? IPv6Bits(p.Address) : IPv4Bits(p.Address)).ThenBy(p => p.PrefixLength)]
            : [];

    // A removed peer is not to be kept by what it had.
    private void Disown(Peer peer, AllowedIp prefix)
    {
        var owned = _owned[peer];
        owned.Remove(prefix);
        if (owned.Count == 0)
        {
            _owned.Remove(peer);
        }
    }

    private static uint IPv4Bits(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static UInt128 IPv6Bits(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes());
}
