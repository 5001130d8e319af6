using System.Net;
using Wgns.Linux;
using Wgns.Linux.Genetlink;
using Wgns.Linux.Netlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Linux.Genetlink;

public sealed class WireGuardNetlinkTests
{
    [Test]
    public void A_kernel_without_WireGuard_gives_no_device_control_and_keeps_no_socket()
    {
        using var netlink = new ScriptedNetlink().Ack(Errno.ENOENT);
        WireGuardNetlink.Open(netlink, "wg0").Should().BeNull();
        netlink.IsDisposed.Should().BeTrue();
        // GENL_ID_CTRL 16, CTRL_CMD_GETFAMILY 3, CTRL_ATTR_FAMILY_NAME 2.
        netlink.Requests.Single().Should().Equal(Bytes.Of(
            "24000000 1000 0500 01000000 00000000  03 01 0000  0e00 0200 77697265677561726400 0000"));
    }

    [Test]
    public void A_question_for_WireGuard_that_fails_keeps_no_socket()
    {
        using var netlink = new ScriptedNetlink().Ack(Errno.EPERM);
        FluentActions.Invoking(() => WireGuardNetlink.Open(netlink, "wg0")).Should().Throw<KernelException>();
        netlink.IsDisposed.Should().BeTrue();
    }

    [TestCase(19)]
    [TestCase(95)]
    public void No_such_device_and_a_link_of_another_kind_read_as_null(int errno)
    {
        using var netlink = Script().Answer(ScriptedNetlink.Done(new Errno(errno)));
        using var device = WireGuardNetlink.Open(netlink, "wg0")!;
        device.Get().Should().BeNull();
    }

    [Test]
    public void A_refused_change_names_the_device()
    {
        using var netlink = Script().Ack(Errno.EADDRINUSE);
        using var device = WireGuardNetlink.Open(netlink, "wg0")!;
        var act = () => device.Set(new DeviceChange(null, 51820, null, []));
        var thrown = act.Should().Throw<KernelException>().Which;
        thrown.Operation.Should().Be("configure WireGuard device wg0");
        thrown.Errno.Should().Be(Errno.EADDRINUSE);
    }

    [Test]
    public void The_private_key_goes_in_the_first_message_only()
    {
        using var key = Peers.Secret(0x77);
        using var netlink = Script().Ack().Ack().Ack();
        using var device = WireGuardNetlink.Open(netlink, "wg0")!;
        device.Set(new DeviceChange(key, null, null, [.. Enumerable.Range(0, 201).Select(i => Peers.Change(Peers.Numbered(i)))]));
        netlink.IsExhausted.Should().BeTrue();
        netlink.Requests.Skip(1).Select(r => Bytes.Find(r, key.Span) >= 0).Should().Equal(true, false, false);
    }

    [Test]
    public void A_device_is_read_as_the_header_s_tree()
    {
        // Attributes of linux/wireguard.h; a public key for the device is 4, its private key 3, the listen port 6,
        // the mark 7. The peer's preshared key is 2, its endpoint 4 (sockaddr_in6), keepalive 5, the last handshake 6
        // ({s64 1700000000 = 0x6553f100, s64 500 ns}), received 7, sent 8, allowed IPs 9, protocol version 10.
        var device = Read(
            $"""
            0800 0100 07000000  0800 0200 77673000
            2400 0300 {Repeat("11")}  2400 0400 {Repeat("bb")}
            0600 0600 6cca 0000  0800 0700 01000000
            cc00 0880  c800 0080
              2400 0100 {Repeat("aa")}
              2400 0200 {Repeat("22")}
              2000 0400 0a00 ca6c 00000000 20010db8000000000000000000000001 00000000
              0600 0500 1900 0000
              1400 0600 00f1536500000000 f401000000000000
              0c00 0700 0500000000000000
              0c00 0800 0600000000000000
              2000 0980 1c00 0080  0600 0100 0200 0000  0800 0200 0a000000  0500 0300 08 000000
              0800 0a00 01000000
            """)!;
        device.PublicKey.Should().Be(Peers.Key(0xbb));
        device.ListenPort.Should().Be(51820);
        device.FirewallMark.Should().Be(1);
        var peer = device.Peers.Should().ContainSingle().Which;
        using var preshared = Peers.Secret(0x22);
        peer.Should().BeEquivalentTo(new WireGuardPeer(
            Peers.Key(0xaa),
            preshared.Fingerprint(),
            IPEndPoint.Parse("[2001:db8::1]:51820"),
            25,
            DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(5),
            5,
            6,
            [Peers.Net("10.0.0.0/8")]));
    }

    [Test]
    public void A_peer_that_never_shook_hands_and_has_no_preshared_key_has_nulls()
    {
        var peer = Read(
            $"""
            6400 0880  6000 0080
              2400 0100 {Repeat("aa")}
              2400 0200 {Repeat("00")}
              1400 0600 0000000000000000 0000000000000000
            """)!.Peers.Single();
        peer.LatestHandshake.Should().BeNull();
        peer.PresharedKey.Should().BeNull();
        peer.Endpoint.Should().BeNull();
    }

    [Test]
    public void A_device_without_a_private_key_has_no_public_key() =>
        Read("0800 0100 07000000")!.PublicKey.Should().BeNull();

    [Test]
    public void A_peer_that_goes_on_in_the_next_message_is_one_peer()
    {
        var ip = (int n) => $"1c00 0080  0600 0100 0200 0000  0800 0200 0a0000{n:x2}  0500 0300 20 000000";
        var a = $"2400 0100 {Repeat("aa")}";
        var b = $"2400 0100 {Repeat("bb")}";
        var device = Read(
            $"5400 0880  5000 0080 {a} 0600 0500 1900 0000  2000 0980 {ip(1)}",
            $"4c00 0880  4800 0080 {a} 2000 0980 {ip(2)}",
            $"9400 0880  4800 0080 {a} 2000 0980 {ip(3)}  4800 0080 {b} 2000 0980 {ip(4)}")!;
        device.Peers.Select(p => string.Join(' ', p.AllowedIps)).Should().Equal(
            "10.0.0.1/32 10.0.0.2/32 10.0.0.3/32", "10.0.0.4/32");
        device.Peers[0].PersistentKeepalive.Should().Be(25);
    }

    [Test]
    public void Attributes_of_a_wrong_size_are_skipped()
    {
        var device = Read($"0500 0600 6c 000000  5000 0880  4c00 0080  2400 0100 {Repeat("aa")} 0800 0400 0200 ca6c  1c00 0980 1800 0080 0700 0200 0a0000 00 0500 0300 08 000000 0000 0000")!;
        device.ListenPort.Should().Be(0);
        device.Peers.Single().Endpoint.Should().BeNull();
        device.Peers.Single().AllowedIps.Should().BeEmpty();
    }

    private static WireGuardDevice? Read(params string[] payloads)
    {
        using var netlink = Script().Answer([.. payloads.Select(Message), ScriptedNetlink.Done()]);
        using var device = WireGuardNetlink.Open(netlink, "wg0")!;
        return device.Get();
    }

    private static byte[] Message(string payload)
    {
        var bytes = Bytes.Of(payload);
        return [.. BitConverter.GetBytes(20 + bytes.Length), 0x1e, 0, 2, 0, .. new byte[8], 0, 1, 0, 0, .. bytes];
    }

    // CTRL_CMD_NEWFAMILY 1 with CTRL_ATTR_FAMILY_ID 1 = 30, then the acknowledgement.
    private static ScriptedNetlink Script() => new ScriptedNetlink().Answer(
        Bytes.Of("1c000000 1000 0000 00000000 00000000  01 02 0000  0600 0100 1e00 0000"), ScriptedNetlink.Verdict());

    private static string Repeat(string hex) => string.Concat(Enumerable.Repeat(hex, 32));
}
