using System.Net;
using Wgns.WireGuard;
using Wgns.WireGuard.Routing;

namespace Wgns.Tests.WireGuard.Routing;

public sealed class AllowedIpsTests
{
    private readonly Device _device = new(Node.Primitives, new SeededRandom(1));

    [TearDown]
    public void Wipe() => _device.Dispose();

    [Test]
    public void A_packet_goes_to_the_peer_with_the_longest_prefix_of_its_destination()
    {
        var (all, some) = (Peer(1), Peer(2));
        _device.SetAllowedIps(all, [Prefix("0.0.0.0/0"), Prefix("::/0")], replace: true);
        _device.SetAllowedIps(some, [Prefix("10.1.2.3/24"), Prefix("fd00::1/64")], replace: true);
        _device.PeerFor(IPv4("10.1.2.200")).Should().BeSameAs(some);
        _device.PeerFor(IPv4("10.1.3.1")).Should().BeSameAs(all);
        _device.PeerFor(IPv6("fd00::9")).Should().BeSameAs(some);
        _device.PeerFor(IPv6("fd00:0:0:1::9")).Should().BeSameAs(all);
        _device.AllowedIpsOf(some).Select(p => p.ToString()).Should().Equal("10.1.2.0/24", "fd00::/64");
    }

    [Test]
    public void A_prefix_belongs_to_the_peer_that_got_it_last()
    {
        var (one, other) = (Peer(1), Peer(2));
        _device.SetAllowedIps(one, [Prefix("10.0.0.0/8"), Prefix("10.1.0.0/16")], replace: false);
        _device.SetAllowedIps(other, [Prefix("10.0.0.0/8")], replace: false);
        _device.PeerFor(IPv4("10.2.0.1")).Should().BeSameAs(other);
        _device.AllowedIpsOf(one).Select(p => p.ToString()).Should().Equal("10.1.0.0/16");
        _device.SetAllowedIps(one, [Prefix("10.9.0.0/16")], replace: true);
        _device.PeerFor(IPv4("10.1.0.1")).Should().BeSameAs(other);
        _device.RemovePeer(other);
        _device.PeerFor(IPv4("10.1.0.1")).Should().BeNull();
        _device.PeerFor(IPv4("10.9.0.1")).Should().BeSameAs(one);
    }

    [Test]
    public void A_peers_prefixes_are_told_in_the_order_of_their_addresses_however_they_came()
    {
        var (peer, other) = (Peer(1), Peer(2));
        _device.SetAllowedIps(peer, [Prefix("fd00::/8"), Prefix("200.0.0.0/8"), Prefix("10.1.0.0/16"), Prefix("10.0.0.9/8"), Prefix("10.0.0.0/16"), Prefix("::/0")], replace: false);
        _device.SetAllowedIps(other, [Prefix("200.0.0.0/8")], replace: false);
        _device.AllowedIpsOf(peer).Select(p => p.ToString()).Should().Equal("10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "::/0", "fd00::/8");
        _device.SetAllowedIps(peer, [Prefix("10.1.2.3/16"), Prefix("9.0.0.0/8")], replace: true);
        _device.AllowedIpsOf(peer).Select(p => p.ToString()).Should().Equal("9.0.0.0/8", "10.1.0.0/16");
        _device.RemovePeer(peer);
        _device.AllowedIpsOf(peer).Should().BeEmpty();
        _device.AllowedIpsOf(other).Select(p => p.ToString()).Should().Equal("200.0.0.0/8");
    }

    [Test]
    public void Twenty_thousand_peers_are_set_asked_for_and_removed_in_seconds()
    {
        const int Count = 20000;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < Count; i++)
        {
            var key = new byte[32];
            BitConverter.TryWriteBytes(key, i + 1);
            _device.SetAllowedIps(_device.AddPeer(new PublicKey(key))!, [new AllowedIp(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 32)], replace: true);
        }

        var peers = _device.Peers;
        peers.Sum(p => _device.AllowedIpsOf(p).Count).Should().Be(Count);
        foreach (var peer in peers)
        {
            _device.RemovePeer(peer);
        }

        // Three walks through everybody's prefixes for each peer took minutes; without them it is a fraction of a second.
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Test]
    public void What_is_no_IP_packet_goes_nowhere()
    {
        var all = Peer(1);
        _device.SetAllowedIps(all, [Prefix("0.0.0.0/0"), Prefix("::/0")], replace: true);
        _device.PeerFor([]).Should().BeNull();
        _device.PeerFor(IPv4("10.0.0.1").AsSpan(0, 19)).Should().BeNull();
        _device.PeerFor(IPv6("fd00::1").AsSpan(0, 39)).Should().BeNull();
        _device.PeerFor([.. Enumerable.Repeat((byte)0x50, 60)]).Should().BeNull();
    }

    [Test]
    public void The_devices_own_key_is_no_peer()
    {
        var peer = Peer(1);
        _device.SetPrivateKey([.. Enumerable.Repeat((byte)3, 32)]);
        var own = _device.PublicKey!.Value;
        _device.AddPeer(own).Should().BeNull();
        _device.SetPrivateKey(new byte[32]);
        _device.AddPeer(own).Should().NotBeNull();
        _device.SetPrivateKey([.. Enumerable.Repeat((byte)3, 32)]);
        _device.Peers.Should().Equal(peer);
    }

    private Peer Peer(byte number) => _device.AddPeer(new PublicKey([.. Enumerable.Repeat(number, 32)]))!;

    private static AllowedIp Prefix(string text)
    {
        var parts = text.Split('/');
        return new AllowedIp(IPAddress.Parse(parts[0]), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static byte[] IPv4(string destination)
    {
        var packet = new byte[20];
        packet[0] = 0x45;
        IPAddress.Parse(destination).TryWriteBytes(packet.AsSpan(16), out _);
        return packet;
    }

    private static byte[] IPv6(string destination)
    {
        var packet = new byte[40];
        packet[0] = 0x60;
        IPAddress.Parse(destination).TryWriteBytes(packet.AsSpan(24), out _);
        return packet;
    }
}
