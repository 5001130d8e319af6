using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Engine;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Tests.Linux.Genetlink;

namespace Wgns.Tests.Engine;

public sealed class UapiDecodingTests
{
    // The shape of the example at https://www.wireguard.com/xplatform/.
    private static readonly string s_reply =
        $"""
        private_key={Repeat("e8")}
        listen_port=12912
        fwmark=7
        public_key={Repeat("b8")}
        preshared_key={Repeat("18")}
        protocol_version=1
        endpoint=[abcd:23::33]:51820
        last_handshake_time_sec=1700000000
        last_handshake_time_nsec=500
        tx_bytes=38333
        rx_bytes=2224
        persistent_keepalive_interval=111
        allowed_ip=192.168.4.4/32
        allowed_ip=fd00::/64
        public_key={Repeat("58")}
        preshared_key={Repeat("00")}
        last_handshake_time_sec=0
        last_handshake_time_nsec=0
        errno=0


        """;

    [Test]
    public void A_reply_is_a_device_with_its_peers()
    {
        var device = Decode(s_reply);
        device.PublicKey.Should().Be(Peers.Key(0xe9));
        device.ListenPort.Should().Be(12912);
        device.FirewallMark.Should().Be(7);
        using var preshared = Peers.Secret(0x18);
        device.Peers.Should().BeEquivalentTo(
            [
                new WireGuardPeer(
                    Peers.Key(0xb8),
                    preshared.Fingerprint(),
                    IPEndPoint.Parse("[abcd:23::33]:51820"),
                    111,
                    DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(5),
                    2224,
                    38333,
                    [Peers.Net("192.168.4.4/32"), Peers.Net("fd00::/64")]),
                new WireGuardPeer(Peers.Key(0x58), null, null, 0, null, 0, 0, []),
            ],
            o => o.WithStrictOrdering());
    }

    [Test]
    public void A_device_without_a_private_key_has_no_public_key()
    {
        Decode("listen_port=1\nerrno=0\n\n").PublicKey.Should().BeNull();
        Decode($"private_key={Repeat("00")}\nerrno=0\n\n").PublicKey.Should().BeNull();
    }

    [Test]
    public void Keys_of_a_later_protocol_are_skipped() => Decode(
        $"hyperspace=on\npublic_key={Repeat("b8")}\nwarp\nerrno=0\n\n").Peers.Should().ContainSingle();

    [Test]
    public void A_link_local_endpoint_in_an_unknown_zone_is_read_without_it() => Decode(
        $"public_key={Repeat("b8")}\nendpoint=[fe80::1%nosuchlink9]:5\nerrno=0\n\n").Peers.Single().Endpoint
        .Should().Be(IPEndPoint.Parse("[fe80::1]:5"));

    [TestCase("public_key=ab")]
    [TestCase("public_key")]
    [TestCase("private_key=xx")]
    [TestCase("listen_port=65536")]
    [TestCase("listen_port=-1")]
    [TestCase("fwmark=yes")]
    [TestCase("PEER\nendpoint=nowhere")]
    [TestCase("PEER\nallowed_ip=10.0.0.0/33")]
    [TestCase("PEER\nrx_bytes=18446744073709551616")]
    [TestCase("PEER\nlast_handshake_time_sec=9223372036854775807")]
    [TestCase("PEER\nlast_handshake_time_nsec=1000000000")]
    [TestCase("PEER\npersistent_keepalive_interval= 1")]
    public void A_value_that_cannot_be_read_is_a_protocol_error_that_quotes_no_value(string lines)
    {
        var reply = lines.Replace("PEER", $"public_key={Repeat("b8")}", StringComparison.Ordinal) + "\nerrno=0\n\n";
        var act = () => Decode(reply);
        var thrown = act.Should().Throw<KernelException>().Which;
        thrown.Errno.Should().Be(Errno.EPROTO);
        thrown.Extack.Should().NotContain("=");
    }

    [TestCase("errno=0\n\n", 0)]
    [TestCase("errno=22\n\n", 22)]
    [TestCase("errno=-98\n\n", 98)]
    [TestCase("listen_port=1\nerrno=1\n\n", 1)]
    public void The_verdict_is_the_errno_of_either_sign(string reply, int errno) =>
        UapiDecoding.Verdict(Encoding.UTF8.GetBytes(reply), "test").Value.Should().Be(errno);

    [TestCase("\n\n")]
    [TestCase("errno=\n\n")]
    [TestCase("errno=none\n\n")]
    [TestCase("errno=-2147483648\n\n")]
    [TestCase("listen_port=1\n\n")]
    public void A_reply_without_a_verdict_is_a_protocol_error(string reply)
    {
        var act = () => UapiDecoding.Verdict(Encoding.UTF8.GetBytes(reply), "test");
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EPROTO);
    }

    [Test]
    public void Any_bytes_are_read_or_refused() => Check(ArbMap.Default.GeneratorFor<byte[]>());

    [Test]
    public void Known_keys_with_any_values_are_read_or_refused()
    {
        string[] keys =
        [
            "private_key", "public_key", "preshared_key", "listen_port", "fwmark", "endpoint", "allowed_ip", "rx_bytes",
            "last_handshake_time_sec", "last_handshake_time_nsec", "persistent_keepalive_interval", "errno", "other",
        ];
        string[] values = [Repeat("b8"), "0", "-1", "65535", "99999999999999999999", "[::1]:5", "[fe80::1%x]:1", "%]", "1.2.3.4/8", "/", ""];
        var value = Gen.OneOf(
            Gen.Elements(values).Select(Encoding.UTF8.GetBytes), ArbMap.Default.GeneratorFor<byte[]>());
        var line = from key in Gen.Elements(keys)
                   from text in value
                   select (byte[])[.. Encoding.UTF8.GetBytes(key), (byte)'=', .. text, (byte)'\n'];
        Check(from count in Gen.Choose(0, 12)
              from lines in Gen.ArrayOf(line, count)
              select lines.SelectMany(l => l).ToArray());
    }

    [Test]
    public void A_sound_reply_with_a_byte_changed_is_read_or_refused()
    {
        var sound = Encoding.UTF8.GetBytes(s_reply);
        Check(from place in Gen.Choose(0, sound.Length - 1)
              from value in ArbMap.Default.GeneratorFor<byte>()
              select (byte[])[.. sound[..place], value, .. sound[(place + 1)..]]);
    }

    private static void Check(Gen<byte[]> replies) => Prop
        .ForAll(replies.ToArbitrary(), IsReadOrRefused)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(200));

    private static bool IsReadOrRefused(byte[] reply)
    {
        Func<object>[] readers =
        [
            () => UapiDecoding.Verdict(reply, "test"),
            () => UapiDecoding.Device(reply, PublicKeyOf, "test"),
        ];
        foreach (var read in readers)
        {
            try
            {
                read();
            }
            catch (KernelException e) when (e.Errno == Errno.EPROTO)
            {
                // Refused.
            }
        }

        return true;
    }

    private static WireGuardDevice Decode(string reply) => UapiDecoding.Device(Encoding.UTF8.GetBytes(reply), PublicKeyOf, "test");

    // Stands in for Curve25519: what matters here is which bytes it is given.
    private static WireGuardKey PublicKeyOf(SecretKey key) => new([.. key.Span.ToArray().Select(b => (byte)(b + 1))]);

    private static string Repeat(string hex) => string.Concat(Enumerable.Repeat(hex, 32));
}
