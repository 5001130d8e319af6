using System.Net;
using Wgns.Linux.Genetlink;
using Wgns.Linux.Netlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Linux.Genetlink;

/// <summary>
/// Messages against bytes written down by hand from the tree in linux/wireguard.h: nlmsghdr with the family's id
/// (30, 0x1e), genlmsghdr {u8 cmd, u8 version 1, u16}, attributes {u16 len, u16 type}, nested ones with 0x8000.
/// </summary>
public sealed class DeviceEncodingTests
{
    private const string Wg0 = "wg0";
    private static readonly Family s_family = new(30, "wireguard", 1);

    [Test]
    public void Reading_names_the_device()
    {
        using var request = DeviceEncoding.Get(s_family, Wg0);
        request.Finish(1, Nl.NLM_F_DUMP).ToArray().Should().Equal(Bytes.Of(
            "1c000000 1e00 0103 01000000 00000000  00 01 0000  0800 0200 77673000"));
    }

    [Test]
    public void The_device_s_own_settings_are_set_where_they_are_named()
    {
        using var key = Peers.Secret(0x11);
        // WGDEVICE_A_PRIVATE_KEY 3, LISTEN_PORT 6 (51820 = 0xca6c), FWMARK 7.
        Payload(new DeviceChange(key, 51820, 0xca6c, [])).Should().Equal(Bytes.Of(
            $"""
            01 01 0000  0800 0200 77673000
            2400 0300 {Repeat("11")}
            0600 0600 6cca 0000
            0800 0700 6cca0000
            """));
    }

    [Test]
    public void A_peer_with_everything_is_the_header_s_tree()
    {
        using var preshared = Peers.Secret(0x22);
        var peer = Peers.Change(
            Peers.Key(0xaa), updateOnly: true, presharedKey: preshared, endpoint: new IPEndPoint(IPAddress.Parse("192.0.2.1"), 51820),
            keepalive: 25, replace: true, allowedIps: ["10.0.0.0/8", "fd00::/64"]);
        // WGDEVICE_A_PEERS 8 {0 {PUBLIC_KEY 1, FLAGS 3 = REPLACE 2 | UPDATE_ONLY 4, PRESHARED_KEY 2, ENDPOINT 4
        // (sockaddr_in: family 2, port and address in network order, 8 zeros), KEEPALIVE 5, ALLOWEDIPS 9 {0 {FAMILY 1,
        // IPADDR 2, CIDR_MASK 3}…}}}
        Payload(Peers.Of(peer)).Should().Equal(Bytes.Of(
            $"""
            01 01 0000  0800 0200 77673000
            bc00 0880
              b800 0080
                2400 0100 {Repeat("aa")}
                0800 0300 06000000
                2400 0200 {Repeat("22")}
                1400 0400 0200 ca6c c0000201 0000000000000000
                0600 0500 1900 0000
                4800 0980
                  1c00 0080  0600 0100 0200 0000  0800 0200 0a000000  0500 0300 08 000000
                  2800 0080  0600 0100 0a00 0000  1400 0200 fd000000000000000000000000000000  0500 0300 40 000000
            """));
    }

    [Test]
    public void An_ipv6_endpoint_is_a_sockaddr_in6_with_its_scope()
    {
        var peer = Peers.Change(Peers.Key(0xaa), endpoint: new IPEndPoint(IPAddress.Parse("fe80::1%3"), 51820));
        // sockaddr_in6 {u16 family 10, be16 port, be32 flow, 16 bytes, u32 scope in the machine's order}.
        Bytes.Find(Payload(Peers.Of(peer)), Bytes.Of(
            "2000 0400 0a00 ca6c 00000000 fe800000000000000000000000000001 03000000")).Should().BePositive();
    }

    [Test]
    public void A_removed_peer_is_its_key_and_the_flag_alone()
    {
        var peer = Peers.Change(Peers.Key(0xaa), remove: true, keepalive: 25, allowedIps: "10.0.0.0/8");
        Payload(Peers.Of(peer)).Should().Equal(Bytes.Of(
            $"""
            01 01 0000  0800 0200 77673000
            3400 0880  3000 0080  2400 0100 {Repeat("aa")}  0800 0300 01000000
            """));
    }

    [Test]
    public void A_peer_too_large_for_a_message_goes_on_in_the_next_without_clearing_what_was_set()
    {
        var peer = Peers.Change(Peers.Key(0xaa), keepalive: 25, replace: true) with { AllowedIps = Peers.Many(600) };
        var messages = DeviceSplit.Of([peer]);
        messages.Select(m => m.Single()).Select(p => (p.From, p.Count)).Should().Equal((0, 250), (250, 250), (500, 100));
        Flags(messages[0]).Should().Be(Wg.WGPEER_F_REPLACE_ALLOWEDIPS);
        Flags(messages[1]).Should().Be(Wg.WGPEER_F_UPDATE_ONLY);
        Flags(messages[2]).Should().Be(Wg.WGPEER_F_UPDATE_ONLY);
    }

    [Test]
    public void Many_peers_are_dealt_out_in_order_and_every_message_stays_small()
    {
        var peers = Enumerable.Range(0, 5000)
            .Select(i => Peers.Change(Peers.Numbered(i)) with { AllowedIps = Peers.Many(i % 7 == 0 ? 300 : i % 4) })
            .ToArray();
        var messages = DeviceSplit.Of([.. peers]);
        var sent = new Dictionary<WireGuardKey, int>();
        foreach (var message in messages)
        {
            using var writer = DeviceEncoding.Set(s_family, Wg0, null, message);
            writer.Length.Should().BeLessThan(32 * 1024);
            message.Sum(p => p.Count).Should().BeLessThanOrEqualTo(250);
            foreach (var part in message)
            {
                sent.TryGetValue(part.Peer.PublicKey, out var before);
                part.From.Should().Be(before);
                sent[part.Peer.PublicKey] = before + part.Count;
            }
        }

        sent.Should().BeEquivalentTo(peers.ToDictionary(p => p.PublicKey, p => p.AllowedIps.Length));
    }

    private static uint Flags(List<PeerPart> message)
    {
        using var writer = DeviceEncoding.Set(s_family, Wg0, null, message);
        foreach (var sent in new MessageReader(writer.Finish(1, 0)))
        {
            foreach (var device in sent.AttributesAfter<GenlMsgHdr>())
            {
                if (device.Type != Wg.WGDEVICE_A_PEERS)
                {
                    continue;
                }

                foreach (var peer in device.Nested)
                {
                    foreach (var attribute in peer.Nested)
                    {
                        if (attribute.Type == Wg.WGPEER_A_FLAGS)
                        {
                            return attribute.U32!.Value;
                        }
                    }
                }
            }
        }

        return 0;
    }

    private static byte[] Payload(DeviceChange change)
    {
        using var writer = DeviceEncoding.Set(s_family, Wg0, change, DeviceSplit.Of(change.Peers).Single());
        return writer.Finish(1, 0)[16..].ToArray();
    }

    private static string Repeat(string hex) => string.Concat(Enumerable.Repeat(hex, 32));
}
