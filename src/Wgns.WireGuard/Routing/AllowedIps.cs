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
        if (prefix.IsIPv6)
        {
            _ipv6.Set(IPv6Bits(prefix.Address), prefix.PrefixLength, peer);
        }
        else
        {
            _ipv4.Set(IPv4Bits(prefix.Address), prefix.PrefixLength, peer);
        }
    }

    /// <summary>Takes every prefix from a peer but those in <paramref name="except"/>.</summary>
    internal void Clear(Peer peer, IReadOnlySet<AllowedIp>? except = null)
    {
        foreach (var prefix in Of(peer).ToList())
        {
            if (except?.Contains(prefix) == true)
            {
                continue;
            }

            _ = prefix.IsIPv6
                ? _ipv6.Remove(IPv6Bits(prefix.Address), prefix.PrefixLength)
                : _ipv4.Remove(IPv4Bits(prefix.Address), prefix.PrefixLength);
        }
    }

    /// <summary>A peer's prefixes, with the bits behind them cleared.</summary>
    internal IEnumerable<AllowedIp> Of(Peer peer) =>
        _ipv4.All().Where(p => p.Value == peer).Select(p => Prefix(p.Bits, p.Length))
            .Concat(_ipv6.All().Where(p => p.Value == peer).Select(p => Prefix(p.Bits, p.Length)));

    private static AllowedIp Prefix(uint bits, int length)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
        return new AllowedIp(new IPAddress(bytes), length);
    }

    private static AllowedIp Prefix(UInt128 bits, int length)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new AllowedIp(new IPAddress(bytes), length);
    }

    private static uint IPv4Bits(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static UInt128 IPv6Bits(IPAddress address) => BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes());
}
