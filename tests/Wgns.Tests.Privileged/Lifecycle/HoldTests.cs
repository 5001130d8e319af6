namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>hold and release without systemd: `unshare -n` makes the netns that PrivateNetwork=yes makes.</summary>
[Category("UserNamespace")]
public sealed class HoldTests
{
    [Test]
    public void A_held_namespace_is_closed_until_up_gives_it_its_tunnel_and_stays_until_release()
    {
        using var lab = new Lab(withProvider: true);
        Hold(lab).Should().Contain("closed until");
        var netns = Inode(lab);
        var rules = Machine.Ruleset(lab.Name);
        rules.Should().Contain("table inet wgns");
        Machine.Links("-j", "-n", lab.Name).Should().Equal("lo");
        File.Exists(lab.ResolvConf).Should().BeTrue();
        lab.Status().GetProperty("state").GetString().Should().Be("closed");

        lab.Up("--wait");
        Inode(lab).Should().Be(netns);
        Machine.Ruleset(lab.Name).Should().Be(rules);
        lab.ShouldBeSettled();

        lab.Down("--force").Should().Contain("since wgns-netns@test.service holds it");
        Inode(lab).Should().Be(netns);
        Machine.Links("-j", "-n", lab.Name).Should().Equal("lo");
        Machine.Engines(lab.Name).Should().BeEmpty();
        Machine.Ruleset(lab.Name).Should().Be(rules);

        Release(lab).Should().Contain("is released");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Release_from_inside_takes_the_open_tunnel_and_its_engine_with_it()
    {
        using var lab = new Lab(withProvider: true);
        Hold(lab);
        lab.Up("--wait");

        // As the unit does: its commands are inside the namespace.
        Within.Run(lab.Name, Cli.Binary, "release", lab.Name, "--by", "wgns-netns@test.service")
            .Should().Contain("is released");

        Machine.Engines(lab.Name).Should().BeEmpty();
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void A_broken_configuration_is_told_with_its_line_and_leaves_nothing()
    {
        using var lab = new Lab();
        lab.Rules = "table inet extra { chain x { tpc dport 1 accept; }; }\n";
        lab.Save();

        using var hold = new Running("unshare", ["-n", Cli.Binary, "hold", lab.Config]);
        var answer = hold.End();

        answer.Exit.Should().Be(2);
        answer.Errors.Should().MatchRegex($"{lab.Name}\\.toml:\\d+:\\d+: error: ");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Keys_are_not_needed_to_hold()
    {
        using var lab = new Lab();
        File.Delete(lab.KeyFile);

        Hold(lab);

        Release(lab);
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void Neither_a_netns_with_a_way_out_nor_the_name_of_another_namespace_is_taken()
    {
        using var lab = new Lab();
        using (var open = new Running("unshare", ["-n", "bash", "-c", $"ip tuntap add out0 mode tun && ip link set out0 up && exec {Cli.Binary} hold {lab.Config}"]))
        {
            var refused = open.End();
            refused.Exit.Should().Be(1);
            refused.Errors.Should().Contain("other ways out: out0");
        }

        lab.Leftovers().Should().BeEmpty();
        lab.Up();
        var netns = Inode(lab);
        using var second = new Running("unshare", ["-n", Cli.Binary, "hold", lab.Config]);
        second.End().Errors.Should().Contain($"namespace {lab.Name} is up already");
        Inode(lab).Should().Be(netns);
        lab.ShouldBeSettled();
        var release = Cli.Run("release", lab.Name);
        release.Exit.Should().Be(1);
        release.Errors.Should().Contain($"wgns down {lab.Name}");
        lab.Down();
    }

    [Test]
    public void Without_systemd_to_ask_a_down_that_is_for_stops_only_closes_all_the_same()
    {
        if (Directory.Exists("/run/systemd/system"))
        {
            Assert.Ignore("systemd runs here");
        }

        using var lab = new Lab();
        Hold(lab);
        lab.Up();

        var down = lab.TryDown("--when-stopped", "wgns@nobody.service");

        down.Exit.Should().Be(0);
        down.Errors.Should().Contain("is not known, and is taken for a stop");
        Tool.Run("ip", "-n", lab.Name, "-o", "link").Should().Contain("lo:").And.NotContain($"{lab.Name}:");
        Release(lab);
        lab.Leftovers().Should().BeEmpty();
    }

    /// <summary>It is asked after every start, and almost always the tunnel is in use then.</summary>
    [Test]
    public void Without_systemd_to_ask_the_look_after_a_start_closes_nothing()
    {
        if (Directory.Exists("/run/systemd/system"))
        {
            Assert.Ignore("systemd runs here");
        }

        using var lab = new Lab();
        Hold(lab);
        lab.Up();

        var down = lab.TryDown("--when-inactive", "wgns@nobody.service");

        down.Exit.Should().Be(1);
        down.Errors.Should().Contain("systemctl");
        Tool.Run("ip", "-n", lab.Name, "-o", "link").Should().Contain($"{lab.Name}:");
        lab.Down();
        Release(lab);
        lab.Leftovers().Should().BeEmpty();
    }

    [TestCase("--when-stopped")]
    [TestCase("--when-inactive")]
    public void A_down_that_is_for_a_unit_leaves_alone_what_no_unit_holds(string condition)
    {
        using var lab = new Lab();
        lab.Up();

        var down = lab.TryDown(condition, "wgns@nobody.service");

        down.Exit.Should().Be(0);
        down.Output.Should().NotContain("is down");
        Tool.Run("ip", "-n", lab.Name, "-o", "link").Should().Contain($"{lab.Name}:");
        lab.Down();
        lab.Leftovers().Should().BeEmpty();
    }

    private static string Hold(Lab lab) =>
        Tool.Run("unshare", "-n", Cli.Binary, "hold", lab.Config, "--by", "wgns-netns@test.service");

    private static string Release(Lab lab) => Cli.Do("release", lab.Name);

    private static string Inode(Lab lab) => Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{lab.Name}");
}
