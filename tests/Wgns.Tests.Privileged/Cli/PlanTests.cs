namespace Wgns.Tests.Privileged.Commands;

/// <summary>`wgns plan`: what it prints does what up does.</summary>
[Category("UserNamespace")]
public sealed class PlanTests
{
    // "dev" is a word of ip's own, too.
    [TestCase("")]
    [TestCase("interfaceName = \"dev\"\n")]
    public void The_script_run_by_hand_makes_what_up_makes(string named)
    {
        using var lab = new Lab
        {
            Extra = named + "mtu = 1400\nlistenPort = 47311\nfwMark = 66",
            PeerExtra = "presharedKeyFile = \"psk\"\npersistentKeepalive = 25",
            Rules = "add rule inet wgns input tcp dport 6881 accept comment \"it's quoted\"\n",
            AllowedIps = """["0.0.0.0/0", "::/0", "10.20.0.0/16"]""",
        };
        lab.NewKey("psk");
        lab.Save();
        lab.Up();
        var shape = Machine.Shape(lab.Name);
        lab.Down();
        var script = Path.Combine(lab.Directory, "plan.sh");
        File.WriteAllText(script, Cli.Do("plan", lab.Config));
        var socket = File.ReadAllText(script).Split('\n', ' ').First(w => w.StartsWith("/var/run/wireguard/wgns-", StringComparison.Ordinal));
        try
        {
            using (var run = new Running("sh", ["-c", "exec sh \"$0\" >\"$0.out\" 2>&1", script]))
            {
                run.End().Exit.Should().Be(0, File.ReadAllText(script + ".out"));
            }

            Machine.Shape(lab.Name).Should().Be(shape);
        }
        finally
        {
            // It ends when its socket goes, a moment later.
            File.Delete(socket);
            if (named.Length > 0)
            {
                File.Delete("/var/run/wireguard/dev.sock");
            }

            Until.True(() => Tool.Ask("pgrep", "-f", socket).Exit != 0).Should().BeTrue("an engine without a socket ends");
            Machine.Sweep(lab.Name);
        }
    }

    [Test]
    public void A_plan_of_what_is_up_has_nothing_to_do_and_changes_nothing()
    {
        using var lab = new Lab();
        var plan = Cli.Do("plan", lab.Config);
        plan.Should().StartWith("#!/bin/sh\n").And.Contain($"ip netns add {lab.Name}");
        lab.Leftovers().Should().BeEmpty("a plan touches nothing");
        lab.Up();
        Cli.Do("plan", lab.Config).Should().Contain("nothing to do").And.NotContain("ip ");
    }

    [Test]
    public void No_secret_is_in_a_plan()
    {
        var psk = Transcript.Secret(Tool.Run("wg", "genpsk")).Trim();
        using var lab = new Lab { PeerExtra = $"presharedKey = \"{psk}\"" };
        lab.Save();
        var plan = Cli.Do("plan", lab.Config);
        plan.Should().NotContain(psk).And.NotContain(lab.Key);
        plan.Should().Contain($"private-key {lab.KeyFile}").And.MatchRegex("# the preshared key of .* stands in the configuration");
    }

    [Test]
    public void A_plan_for_a_change_is_only_the_change()
    {
        using var lab = new Lab { Extra = "mtu = 1400" };
        lab.Save();
        lab.Up();
        lab.Extra = "mtu = 1390";
        lab.Save();
        var plan = Cli.Do("plan", lab.Config);
        plan.Split('\n').Where(l => l.Length > 0 && l[0] != '#' && l != "set -eu")
            .Should().Equal($"ip -n {lab.Name} link set dev {lab.Name} mtu 1390");
        using var run = new Running("sh", []);
        run.End(plan).Exit.Should().Be(0);
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_plan_for_what_stands_in_the_way_says_what_that_is()
    {
        using var lab = new Lab();
        Tool.Run("ip", "netns", "add", lab.Name);
        try
        {
            var answer = Cli.Run("plan", lab.Config);
            answer.Exit.Should().Be(1);
            answer.Errors.Should().Contain("was not made by wgns");
            Cli.Do("plan", lab.Config, "--adopt").Should().NotContain("ip netns add");
        }
        finally
        {
            Tool.Run("ip", "netns", "delete", lab.Name);
        }
    }
}
