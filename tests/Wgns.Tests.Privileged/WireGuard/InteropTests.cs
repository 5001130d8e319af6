using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Tests.Privileged.Engine;
using Wgns.WireGuard.Routing;

namespace Wgns.Tests.Privileged.WireGuard;

/// <summary>The protocol against Debian's wireguard-go, over the loopback of a netns.</summary>
public sealed class InteropTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly IPAddress Ours = IPAddress.Parse("10.9.0.1");
    private static readonly IPAddress Theirs = IPAddress.Parse("10.9.0.2");

    private WireGuardGo _go = null!;
    private BareDevice _device = null!;
    private SecretKey _ourKey = null!;
    private SecretKey _theirKey = null!;
    private SecretKey _psk = null!;
    private IPEndPoint _theirEndPoint = null!;

    [SetUp]
    public void Connect()
    {
        (_ourKey, _theirKey, _psk) = (X25519.GeneratePrivateKey(), X25519.GeneratePrivateKey(), X25519.GeneratePresharedKey());
        _go = new WireGuardGo(X25519.PublicKeyOf);
        _go.Netns.Exec("ip", "link", "set", "lo", "up");
        _go.Netns.Exec("ip", "address", "add", $"{Theirs}/24", "dev", _go.Ifname);
        _go.Netns.Exec("ip", "link", "set", _go.Ifname, "up");
        _go.Device.Set(new DeviceChange(_theirKey, null, null, []));
        var port = _go.Netns.Exec("wg", "show", _go.Ifname, "listen-port").Trim();
        _theirEndPoint = new IPEndPoint(IPAddress.Loopback, ushort.Parse(port, CultureInfo.InvariantCulture));
        _device = new BareDevice(_go.Netns, _ourKey.Span);
    }

    [TearDown]
    public void Disconnect()
    {
        _device.Dispose();
        _go.Dispose();
        _ourKey.Dispose();
        _theirKey.Dispose();
        _psk.Dispose();
    }

    [Test]
    public void It_answers_a_handshake_of_ours_and_our_pings_through_many_renewals([Values] bool withPsk)
    {
        Know(withPsk, weKnowWhere: true);
        for (ushort i = 1; i <= 5; i++)
        {
            foreach (var payload in new[] { 0, 1, 56, 1392 })
            {
                Ping(i, payload);
            }

            _device.PumpUntil(() => _device.Handshakes == i, Limit).Should().BeTrue();

            // It takes no two initiations within 50 ms, and knows nothing of our clock.
            _device.PumpUntil(() => false, TimeSpan.FromMilliseconds(100));

            // Past REKEY_AFTER_TIME: the next packet asks for a new session.
            _device.Forward += TimeSpan.FromSeconds(121);
        }

        _device.Handshakes.Should().Be(5);
        _go.Netns.Exec("wg", "show", _go.Ifname, "latest-handshakes").Trim().Should().NotEndWith("\t0");
    }

    [Test]
    public void Its_handshake_is_answered_and_its_packets_arrive([Values] bool underLoad)
    {
        Know(withPsk: true, weKnowWhere: false);
        _device.UnderLoad = underLoad;
        using var socket = _go.Netns.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.SendTo("wgns"u8, new IPEndPoint(Ours, 9));
        _device.PumpUntil(() => _device.Delivered.Exists(p => p.AsSpan().EndsWith("wgns"u8)), Limit).Should().BeTrue();
        Ping(1, 56);
        _device.Sent[3].Should().Be(underLoad ? 1 : 0);
        _device.Sent[1].Should().Be(0);
    }

    [Test]
    public void It_refuses_us_with_another_preshared_key()
    {
        Know(withPsk: false, weKnowWhere: true);
        _device.Device.SetPresharedKey(_device.Device.Peers[0], _psk.Span);
        _device.Send(Echo.Request(Ours, Theirs, 1, 8));
        _device.PumpUntil(() => _device.Handshakes > 0, TimeSpan.FromSeconds(2)).Should().BeFalse();
    }

    private void Know(bool withPsk, bool weKnowWhere)
    {
        _go.Device.Set(new DeviceChange(null, null, null, [
            new PeerChange(X25519.PublicKeyOf(_ourKey), false, false, withPsk ? _psk : null, weKnowWhere ? null : _device.LocalEndPoint, null, true, [new Cidr(Ours, 32)]),
        ]));
        _device.AddPeer(
            X25519.PublicKeyOf(_theirKey).Span, withPsk ? _psk.Span : new byte[32], weKnowWhere ? _theirEndPoint : null, new AllowedIp(Theirs, 32));
    }

    private void Ping(ushort number, int payload)
    {
        _device.Send(Echo.Request(Ours, Theirs, number, payload));
        _device.PumpUntil(() => _device.Delivered.Exists(p => Echo.IsAnswer(p, number, payload)), Limit)
            .Should().BeTrue("ping {0} of {1} bytes is answered", number, payload);
    }
}
