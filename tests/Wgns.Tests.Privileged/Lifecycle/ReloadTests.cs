namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>What is up stays up while its configuration changes.</summary>
[Category("UserNamespace")]
public sealed class ReloadTests
{
    [Test]
    public void A_second_up_says_nothing_to_do_and_touches_nothing()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        var before = Fingerprint(lab);
        var shape = Machine.Shape(lab.Name);
        lab.ShouldBeSettled();
        Fingerprint(lab).Should().Be(before);
        Machine.Shape(lab.Name).Should().Be(shape);
        Cli.Do("plan", lab.Config).Should().Contain("nothing to do");
    }

    [Test]
    public void Every_change_of_the_configuration_leaves_engine_handshake_and_connections_as_they_are()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var before = Fingerprint(lab);
        var changes = new (string What, Action Change, Action Proof)[]
        {
            ("a peer more", () => lab.MorePeers = "[[peers]]\npublicKey = \"gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=\"\nallowedIPs = [\"10.200.0.0/16\"]\n",
                () => Machine.Wg(lab.Name).Should().Contain(l => l[0].StartsWith("gN65", StringComparison.Ordinal))),
            ("a peer less", () => lab.MorePeers = string.Empty, () => Machine.Wg(lab.Name).Should().HaveCount(2)),
            ("the keepalive", () => lab.PeerExtra = "persistentKeepalive = 13", () => Machine.Wg(lab.Name)[1][7].Should().Be("13")),
            ("allowed IPs", () => lab.AllowedIps = "[\"10.99.0.0/24\", \"fd99::/64\"]", () =>
            {
                Machine.Wg(lab.Name)[1][3].Should().Be("10.99.0.0/24,fd99::/64");
                Tool.Run("ip", "-n", lab.Name, "route").Should().NotContain("default").And.Contain("10.99.0.0/24");
                Tool.Run("ip", "-n", lab.Name, "-6", "route").Should().NotContain("default");
            }),
            ("the mtu", () => lab.Extra = "mtu = 1333", () => Machine.Ip(lab.Name, "link", "show", lab.Name).Single().GetProperty("mtu").GetInt32().Should().Be(1333)),
            ("an IPv6 address's prefix", () => lab.Ips = "[\"10.99.0.2/32\", \"fd99::2/64\"]", () =>
                Tool.Run("ip", "-n", lab.Name, "address", "show", lab.Name).Should().Contain("fd99::2/64")),
            ("an address more", () => lab.Ips = "[\"10.99.0.2/32\", \"10.99.0.3/32\"]", () =>
                Tool.Run("ip", "-n", lab.Name, "address", "show", lab.Name).Should().Contain("10.99.0.3/32").And.NotContain("fd99::2")),
            ("rules", () => lab.Rules = "add rule inet wgns input tcp dport 6881 accept\n", () =>
            {
                Machine.Ruleset(lab.Name).Should().Contain("6881");
                Machine.Nft(lab.Name, "list", "chains").Should().HaveCount(5);
                Machine.Ruleset(lab.Name).Split('\n').Count(l => l.Contains("invalid drop", StringComparison.Ordinal)).Should().Be(1, "a reload doubles nothing");
            }),
            ("dns", () => lab.Dns = "dns_server = \"10.99.0.9\"", () => File.ReadAllText(lab.ResolvConf).Should().Contain("10.99.0.9")),
        };
        var inode = Tool.Run("stat", "-c", "%i", lab.ResolvConf);
        foreach (var (what, change, proof) in changes)
        {
            change();
            lab.Save();
            lab.Reload();
            proof();
            Fingerprint(lab).Should().Be(before, what);
            tcp.Talk(what).Should().Be(what);
            lab.ShouldBeSettled();
        }

        Tool.Run("stat", "-c", "%i", lab.ResolvConf).Should().Be(inode, "services have this very file bound");
    }

    [Test]
    public void A_new_preshared_key_keeps_the_session()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up("--wait");
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var before = Fingerprint(lab);
        lab.PeerExtra = "presharedKeyFile = \"psk\"";
        var psk = lab.NewKey("psk");
        lab.Save();
        lab.Reload();
        Machine.Wg(lab.Name)[1][1].Should().Be(psk);
        Fingerprint(lab).Should().Be(before);
        tcp.Talk("after").Should().Be("after");
        lab.ShouldBeSettled();
        lab.PeerExtra = string.Empty;
        lab.Save();
        lab.Reload();
        Machine.Wg(lab.Name)[1][1].Should().Be("(none)");
        tcp.Talk("and again").Should().Be("and again");
        Fingerprint(lab).Should().Be(before);
    }

    [Test]
    public void A_key_file_with_another_key_is_taken_by_reload()
    {
        using var lab = new Lab();
        lab.Up();
        lab.NewKey("private.key");
        lab.Reload();
        Machine.Wg(lab.Name)[0][1].Should().NotBe(lab.PublicKey);
        lab.ShouldBeSettled();
    }

    [Test]
    public void Reload_of_what_is_not_up_fails_with_a_hint()
    {
        using var lab = new Lab();
        var answer = Cli.Run("reload", lab.Config);
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain("is not up").And.Contain("wgns up");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Another_interface_name_replaces_the_interface()
    {
        using var lab = new Lab(withProvider: true);
        lab.Up();
        lab.Extra = $"interfaceName = \"{lab.Name}x\"";
        lab.Save();
        lab.Reload();
        lab.Remember();
        Machine.Links("-j", "-n", lab.Name).Should().Equal("lo", lab.Name + "x");
        Machine.Engines(lab.Name).Should().ContainSingle();
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_configuration_that_is_wrong_by_now_changes_nothing()
    {
        using var lab = new Lab();
        lab.Up();
        var shape = Machine.Shape(lab.Name);
        lab.Extra = "mtuu = 1400";
        lab.Save();
        var answer = Cli.Run("reload", lab.Config);
        answer.Exit.Should().Be(2);
        answer.Errors.Should().Contain("did you mean").And.Contain("mtu");
        Machine.Shape(lab.Name).Should().Be(shape);
        lab.Extra = string.Empty;
        lab.Save();
    }

    private static string Fingerprint(Lab lab) => string.Join(' ', [
        $"pid {Machine.Engine(lab.Name)}",
        $"ifindex {Machine.Ip(lab.Name, "link", "show", lab.Name).Single().GetProperty("ifindex")}",
        $"handshake {Machine.Wg(lab.Name).Single(l => l[0] == lab.Provider!.PublicKey)[4]}",
        $"netns {Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}").Trim()}",
    ]);
}
