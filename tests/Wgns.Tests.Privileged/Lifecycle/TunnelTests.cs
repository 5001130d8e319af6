using System.Globalization;
using System.Text.Json;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>Real handshakes with a real peer.</summary>
[Category("UserNamespace")]
public sealed class TunnelTests
{
    [Test]
    public void What_is_inside_talks_through_the_tunnel_over_both_ip_versions()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait").Should().Contain("has shaken hands");
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("through the tunnel").Should().Be("through the tunnel");
        using var tcp6 = SocketInside.Connect(lab.Name, Provider.Address6, 7);
        tcp6.Talk("and by IPv6").Should().Be("and by IPv6");
        Machine.Handshake(lab.Name).Should().BeInRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 30, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
    }

    [TestCase("embedded")]
    [TestCase("wireguard-go")]
    public void Waiting_shakes_hands_also_where_nobody_sends_and_leaves_no_keepalive(string engine)
    {
        using var lab = new Lab(withProvider: true) { Extra = $"engine = \"{engine}\"" };
        lab.Save();
        lab.Up("--wait", "--timeout", "10");
        Machine.Handshake(lab.Name).Should().NotBe(0);
        Machine.Wg(lab.Name)[1][7].Should().Be("off");
        lab.ShouldBeSettled();
    }

    [Test]
    public void While_a_handshake_is_waited_for_the_namespace_is_up_and_without_drift()
    {
        using var lab = new Lab(withProvider: true);
        lab.Provider!.Die();
        using var waiting = lab.Start("up", lab.Config, "--wait", "--timeout", "4");
        Until.True(() => Machine.StateOf(lab.Name) is not null && lab.Status().GetProperty("state").GetString() == "up").Should().BeTrue();
        waiting.HasEnded.Should().BeFalse("it is up long before the wait is over");
        while (!waiting.HasEnded)
        {
            var status = lab.Status();
            status.GetProperty("state").GetString().Should().Be("up");
            status.GetProperty("drift").GetArrayLength().Should().Be(0);
        }

        waiting.End().Exit.Should().Be(1);
        lab.Remember();
        Cli.Do("status", lab.Name).Should().Contain("latest handshake: none yet: the peer has not answered");
    }

    [Test]
    public void Who_interrupts_the_wait_for_a_handshake_hears_that_the_namespace_stays()
    {
        using var lab = new Lab(withProvider: true);
        lab.Provider!.Die();
        using var waiting = lab.Start("up", lab.Config, "--wait", "--timeout", "60");
        Until.True(() => Machine.StateOf(lab.Name) is not null && lab.Status().GetProperty("state").GetString() == "up").Should().BeTrue();
        var answer = waiting.Signal("INT").End();

        answer.Exit.Should().Be(130);
        answer.Errors.Should().StartWith($"wgns: error: interrupted before a handshake on {lab.Name}; the namespace stays up").And.Contain($"wgns down {lab.Name}");
        lab.Remember();
        lab.ShouldBeSettled();
    }

    [Test]
    public void Waiting_for_a_dead_peer_fails_in_time_and_leaves_the_namespace_up()
    {
        using var lab = new Lab(withProvider: true);
        lab.Provider!.Die();
        var since = DateTime.UtcNow;
        var answer = lab.TryUp("--wait", "--timeout", "2");
        (DateTime.UtcNow - since).TotalSeconds.Should().BeLessThan(10);
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("no handshake").And.Contain("2 s");
        Machine.Wg(lab.Name)[1][7].Should().Be("off");
        lab.ShouldBeSettled();
    }

    [Test]
    public void Status_tells_in_words_and_json_what_wg_tells()
    {
        using var lab = new Lab(withProvider: true) { PeerExtra = "persistentKeepalive = 21\npresharedKeyFile = \"psk\"", Extra = "mtu = 1400" };
        lab.NewKey("psk");
        lab.Provider!.Allow(lab.PublicKey, Path.Combine(lab.Directory, "psk"));
        lab.Save();
        lab.Up("--wait");
        using (var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7))
        {
            tcp.Talk("some bytes").Should().Be("some bytes");
        }

        var json = lab.Status();
        var wg = Machine.Wg(lab.Name);
        json.GetProperty("name").GetString().Should().Be(lab.Name);
        json.GetProperty("state").GetString().Should().Be("up");
        json.GetProperty("config").GetString().Should().Be(lab.Config);
        json.GetProperty("netns").GetString().Should().Be($"/run/netns/{lab.Name}");
        $"net:[{json.GetProperty("inode")}]".Should().Be(Within.Run(lab.Name, "readlink", "/proc/self/ns/net").Trim());
        json.GetProperty("dns").GetBoolean().Should().BeTrue();
        json.GetProperty("ruleset").GetBoolean().Should().BeTrue();
        json.GetProperty("drift").GetArrayLength().Should().Be(0);
        json.GetProperty("processes").GetArrayLength().Should().Be(0);
        var link = json.GetProperty("interfaces").EnumerateArray().Single();
        link.GetProperty("engine").GetString().Should().Be("embedded");
        link.GetProperty("enginePid").GetInt32().Should().Be(Machine.Engine(lab.Name));
        link.GetProperty("mtu").GetInt32().Should().Be(1400);
        link.GetProperty("publicKey").GetString().Should().Be(lab.PublicKey);
        link.GetProperty("listenPort").ToString().Should().Be(wg[0][2]);
        link.GetProperty("addresses").EnumerateArray().Select(a => a.GetString()).Should().Contain(["10.99.0.2/32", "fd99::2/128"]);
        var peer = link.GetProperty("peers").EnumerateArray().Single();
        peer.GetProperty("publicKey").GetString().Should().Be(lab.Provider.PublicKey);
        peer.GetProperty("presharedKey").ValueKind.Should().Be(JsonValueKind.True);
        peer.GetProperty("endpoint").GetString().Should().Be(lab.Endpoint);
        peer.GetProperty("allowedIPs").EnumerateArray().Select(a => a.GetString()).Should().Equal("0.0.0.0/0", "::/0");
        peer.GetProperty("latestHandshake").ToString().Should().Be(wg[1][4]);
        peer.GetProperty("transferRx").GetInt64().Should().BeGreaterThan(0);
        peer.GetProperty("persistentKeepalive").GetInt32().Should().Be(21);

        var words = Cli.Do("status", lab.Name);
        words.Should().Contain($"namespace: {lab.Name} (up)").And.Contain($"public key: {lab.PublicKey}")
            .And.Contain("preshared key: (hidden)").And.MatchRegex("latest handshake: (now|.* ago)").And.Contain("persistent keepalive: every 21 seconds");
        words.Should().NotContain(lab.Key);
        Cli.Do("list").Should().MatchRegex($@"(?m)^{lab.Name} +up +{lab.Name} +{lab.Config}$");
    }

    [Test]
    public void Transfer_in_status_is_what_wg_counts()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        using (var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7))
        {
            tcp.Talk(new string('x', 3000)).Should().HaveLength(3000);
        }

        long Sent() => long.Parse(Machine.Wg(lab.Name)[1][6], CultureInfo.InvariantCulture);
        var before = Sent();
        var told = lab.Status().GetProperty("interfaces")[0].GetProperty("peers")[0].GetProperty("transferTx").GetInt64();
        told.Should().BeInRange(before, Sent());
        before.Should().BeGreaterThan(3000);
    }
}
