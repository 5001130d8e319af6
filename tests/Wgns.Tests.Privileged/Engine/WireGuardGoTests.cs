using System.Diagnostics;
using System.Globalization;
using System.Net;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Privileged.Engine;

/// <summary>The UAPI client against a real wireguard-go in a netns of its own, read back by wg(8).</summary>
public sealed class WireGuardGoTests
{
    [Test]
    public void A_fresh_device_has_neither_key_nor_peers_and_the_port_that_wg_shows()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        var device = go.Device.Get();

        // It chooses its port in its own time.
        Until.True(() =>
        {
            device = go.Device.Get();
            return go.Netns.Exec("wg", "show", go.Ifname, "listen-port").Trim() == device?.ListenPort.ToString(CultureInfo.InvariantCulture);
        }).Should().BeTrue();
        device.Should().BeEquivalentTo(new WireGuardDevice(null, device!.ListenPort, 0, []));
    }

    [Test]
    public void What_is_set_is_what_wg_shows_and_what_is_read_back()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        using var key = Secret(1);
        using var preshared = Secret(2);
        var peer = Peer(3) with
        {
            PresharedKey = preshared,
            Endpoint = IPEndPoint.Parse("192.0.2.1:51820"),
            PersistentKeepalive = 25,
            AllowedIps = [Net("10.0.0.0/8"), Net("fd00::/64")],
        };
        go.Device.Set(new DeviceChange(key, 41820, 51, [peer, Peer(4)]));

        // It tells its peers in an order of its own, another each time.
        Dump(go).Should().BeEquivalentTo(
            $"{Text(key)}\t{PublicKeyOf(key)}\t41820\t0x33",
            $"{peer.PublicKey}\t{Text(preshared)}\t192.0.2.1:51820\t10.0.0.0/8,fd00::/64\t0\t0\t0\t25",
            $"{Key(4)}\t(none)\t(none)\t(none)\t0\t0\t0\toff");
        go.Device.Get().Should().BeEquivalentTo(new WireGuardDevice(PublicKeyOf(key), 41820, 51,
        [
            new WireGuardPeer(
                Key(3), preshared.Fingerprint(), peer.Endpoint, 25, null, 0, 0, [Net("10.0.0.0/8"), Net("fd00::/64")]),
            new WireGuardPeer(Key(4), null, null, 0, null, 0, 0, []),
        ]));
    }

    [Test]
    public void Allowed_ips_are_added_or_replaced_as_asked()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        go.Device.Set(Change(Peer(3) with { AllowedIps = [Net("10.1.0.0/16")] }));
        go.Device.Set(Change(Peer(3) with { UpdateOnly = true, AllowedIps = [Net("10.2.0.0/16")] }));
        AllowedIps(go).Should().BeEquivalentTo("10.1.0.0/16", "10.2.0.0/16");
        go.Device.Set(Change(Peer(3) with { UpdateOnly = true, ReplaceAllowedIps = true, AllowedIps = [Net("10.3.0.0/16")] }));
        AllowedIps(go).Should().BeEquivalentTo("10.3.0.0/16");
    }

    [Test]
    public void A_peer_that_has_gone_is_not_made_anew_by_an_update()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        go.Device.Set(Change(Peer(3) with { UpdateOnly = true, PersistentKeepalive = 5, AllowedIps = [Net("10.1.0.0/16")] }));
        go.Device.Get()!.Peers.Should().BeEmpty();
    }

    [Test]
    public void Removing_one_peer_leaves_the_others()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        go.Device.Set(Change(Peer(3), Peer(4)));
        go.Device.Set(Change(Peer(3) with { Remove = true }));
        go.Device.Get()!.Peers.Select(p => p.PublicKey).Should().Equal(Key(4));
        Dump(go).Skip(1).Should().ContainSingle().Which.Should().StartWith(Key(4).ToString());
    }

    [Test]
    public void Zeros_take_the_preshared_key_away()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        using var preshared = Secret(2);
        using var none = new SecretKey(new byte[32]);
        go.Device.Set(Change(Peer(3) with { PresharedKey = preshared }));
        go.Device.Get()!.Peers.Single().PresharedKey.Should().Be(preshared.Fingerprint());
        go.Device.Set(Change(Peer(3) with { UpdateOnly = true, PresharedKey = none }));
        go.Device.Get()!.Peers.Single().PresharedKey.Should().BeNull();
    }

    [Test]
    public void Five_thousand_peers_go_in_by_one_set_and_come_back_by_one_get()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        var peers = Enumerable.Range(0, 5000).Select(i => Peer(i) with
        {
            AllowedIps = [new Cidr(new IPAddress([10, (byte)(i >> 8), (byte)i, 0]), 24), new Cidr(new IPAddress([172, 16, (byte)(i >> 8), (byte)i]), 32)],
        }).ToArray();
        var clock = Stopwatch.StartNew();
        go.Device.Set(Change(peers));
        TestContext.Out.WriteLine($"set: {clock.ElapsedMilliseconds} ms");
        clock.Restart();
        var device = go.Device.Get()!;
        TestContext.Out.WriteLine($"get: {clock.ElapsedMilliseconds} ms");

        var read = device.Peers.ToDictionary(p => p.PublicKey, p => p.AllowedIps.ToHashSet());
        read.Should().HaveCount(5000);
        peers.Should().OnlyContain(p => read[p.PublicKey].SetEquals(p.AllowedIps));
        Dump(go).Should().HaveCount(5001);
    }

    [Test]
    public void An_engine_that_was_killed_is_no_device()
    {
        using var go = new WireGuardGo(PublicKeyOf);
        go.Kill();
        go.Device.Get().Should().BeNull();
    }

    private static PeerChange Peer(int number) => new(Key(number), false, false, null, null, null, false, []);

    private static DeviceChange Change(params PeerChange[] peers) => new(null, null, null, [.. peers]);

    private static WireGuardKey Key(int number)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number + 1);
        return new WireGuardKey(bytes);
    }

    /// <summary>Clamped as Curve25519 has it, which engines do to a private key they are given.</summary>
    private static SecretKey Secret(byte value)
    {
        var bytes = Enumerable.Repeat(value, 32).ToArray();
        bytes[0] &= 248;
        bytes[31] = (byte)((bytes[31] & 127) | 64);
        return new SecretKey(bytes);
    }

    private static string Text(SecretKey key) => Convert.ToBase64String(key.Span);

    private static WireGuardKey PublicKeyOf(SecretKey key)
    {
        using var process = Process.Start(new ProcessStartInfo("wg", ["pubkey"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.Write(Text(key));
        process.StandardInput.Close();
        var text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return WireGuardKey.TryParse(text, out var publicKey) ? publicKey : throw new FormatException(text);
    }

    private static string[] Dump(WireGuardGo go) => go.Netns.Exec("wg", "show", go.Ifname, "dump").Trim().Split('\n');

    private static string[] AllowedIps(WireGuardGo go) => Dump(go)[1].Split('\t')[3].Split(',');

    private static Cidr Net(string text) => Cidr.TryParse(text, out var cidr) ? cidr.Value : throw new FormatException(text);
}
