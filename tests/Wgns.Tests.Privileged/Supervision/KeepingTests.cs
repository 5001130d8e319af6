using System.Globalization;
using Wgns.Configuration;

namespace Wgns.Tests.Privileged.Supervision;

/// <summary>What stays as it is, and what is put back, while a namespace is supervised.</summary>
public sealed class KeepingTests
{
    [Test]
    public void Killed_and_started_again_it_finds_nothing_to_do_and_no_connection_notices()
    {
        using var lab = new Lab(withProvider: true);
        var first = new Supervised(lab).ShouldBeReady();
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var (engine, shape, handshake) = (Machine.Engine(lab.Name), Machine.Shape(lab.Name), Machine.Handshake(lab.Name));
        first.Process.Signal("KILL").End().Exit.Should().Be(137);
        tcp.Talk("alone").Should().Be("alone");

        var second = new Supervised(lab).ShouldBeReady();
        second.Process.Hear($"{lab.Name} is as described already, nothing to do");
        tcp.Talk("again").Should().Be("again");
        Machine.Engine(lab.Name).Should().Be(engine);
        Machine.Shape(lab.Name).Should().Be(shape);
        Machine.Handshake(lab.Name).Should().Be(handshake);
        second.Stop().Errors.Should().NotContain("drift");
    }

    [TestCase("nft flush ruleset", "load firewall rules")]
    [TestCase("nft add rule inet wgns input accept", "load firewall rules")]
    [TestCase("echo nameserver 192.0.2.53 > /etc/netns/{0}/resolv.conf", "resolv.conf")]
    [TestCase("rm -r /etc/netns/{0}", "resolv.conf")]
    [TestCase("ip address flush dev {0}", "add address")]
    [TestCase("ip link set {0} down", "bring up {0}")]
    [TestCase("ip link delete {0}", "start the embedded engine for {0}")]
    public void What_drifts_is_put_back_at_once_and_said(string command, string said)
    {
        using var lab = new Lab { Extra = "ready = \"configured\"\nmtu = 1400" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        var shape = Machine.Shape(lab.Name);
        for (var i = 0; i < 2; i++)
        {
            Within.Run(lab.Name, "sh", "-c", string.Format(CultureInfo.InvariantCulture, command, lab.Name));
            Until.True(() => lab.Status().GetProperty("state").GetString() == "up", 15).Should().BeTrue("it is put back, the {0}. time", i + 1);
            Machine.Shape(lab.Name).Should().Be(shape);
            Until.True(() => supervised.Told.Any(t => t.Contains("put back", StringComparison.Ordinal))).Should().BeTrue();
            lab.ShouldBeSettled();
        }

        lab.Remember();
        supervised.Stop().Errors.Should().Contain("had drifted, put back: ").And.Contain(string.Format(CultureInfo.InvariantCulture, said, lab.Name));
    }

    [Test]
    public void The_hosts_rules_of_its_link_are_put_back_at_once_when_the_hosts_firewall_is_loaded_anew()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"\nmtu = 1400\nhostLink = { enable = true }" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        var table = HostLinkConfig.TableOf(lab.Name);
        for (var i = 0; i < 2; i++)
        {
            Tool.Run("nft", "delete", "table", "inet", table);
            Until.True(() => Tool.Ask("nft", "list", "table", "inet", table).Exit == 0, 15).Should().BeTrue("it is put back, the {0}. time", i + 1);
        }

        supervised.Stop().Errors.Should().Contain("load firewall rules of the host link");
    }

    [Test]
    public void With_somebody_elses_link_in_the_place_of_resolv_conf_rules_are_put_back_all_the_same()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"\nmtu = 1400" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        var rules = Machine.Ruleset(lab.Name);
        Tool.Run("sh", "-c", $"rm {lab.ResolvConf} && ln -s /etc/hosts {lab.ResolvConf}");
        supervised.Hear("cannot be put back");

        Within.Run(lab.Name, "nft", "flush", "ruleset");

        Until.True(() => Machine.Ruleset(lab.Name) == rules, 60).Should().BeTrue();
        supervised.Stop().Errors.Should().Contain("is not a plain file");
        Tool.Run("rm", lab.ResolvConf);
    }

    [Test]
    public void A_namespace_that_somebody_deleted_comes_back_and_one_that_was_taken_down_does_not()
    {
        using var lab = new Lab { Extra = "ready = \"configured\"" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        Tool.Run("ip", "netns", "delete", lab.Name);
        Until.True(() => lab.Status().GetProperty("state").GetString() == "up", 15).Should().BeTrue();
        lab.Remember();

        lab.Down();
        var answer = supervised.Process.End();
        answer.Exit.Should().Be(0);
        answer.Errors.Should().Contain("taken down by another command");
        lab.Leftovers().Should().BeEmpty();
    }

    [Test]
    public void SIGHUP_takes_a_changed_file_without_dropping_anything_and_keeps_the_old_for_a_wrong_one()
    {
        using var lab = new Lab(withProvider: true);
        var supervised = new Supervised(lab).ShouldBeReady();
        using var tcp = SocketInside.Connect(lab.Name, Provider.Address, 7);
        tcp.Talk("before").Should().Be("before");
        var (engine, handshake) = (Machine.Engine(lab.Name), Machine.Handshake(lab.Name));
        var from = supervised.Told.Length;
        lab.PeerExtra = "persistentKeepalive = 13";
        lab.Dns = "dns_server = \"10.99.0.9\"";
        lab.Save();
        supervised.Process.Signal("HUP");
        supervised.Hear("RELOADING=1\nMONOTONIC_USEC=", from);
        supervised.Hear("READY=1", from);
        Machine.Wg(lab.Name)[1][7].Should().Be("13");
        File.ReadAllText(lab.ResolvConf).Should().Contain("10.99.0.9");
        (Machine.Engine(lab.Name), Machine.Handshake(lab.Name)).Should().Be((engine, handshake));
        tcp.Talk("after").Should().Be("after");

        from = supervised.Told.Length;
        lab.Extra = "mtuu = 1400";
        lab.Save();
        supervised.Process.Signal("HUP");
        supervised.Hear("READY=1", from).Should().Contain("the old one stays").And.Contain("mtuu");
        tcp.Talk("still").Should().Be("still");
        Machine.Wg(lab.Name)[1][7].Should().Be("13");
        lab.Extra = string.Empty;
        lab.Save();
        supervised.Stop().Errors.Should().Contain("did you mean");
    }

    [Test]
    public void A_reload_by_another_command_is_taken_over_and_not_fought()
    {
        using var lab = new Lab(withProvider: true);
        var supervised = new Supervised(lab).ShouldBeReady();
        lab.Dns = "dns_server = \"10.99.0.9\"";
        lab.Rules = "add rule inet wgns input tcp dport 6881 accept\n";
        lab.Save();
        var from = supervised.Told.Length;
        lab.Reload();
        supervised.Hear("READY=1", from);
        Thread.Sleep(1500);
        Machine.Ruleset(lab.Name).Should().Contain("6881");
        File.ReadAllText(lab.ResolvConf).Should().Contain("10.99.0.9");
        Within.Run(lab.Name, "nft", "flush", "ruleset");
        Until.True(() => Machine.Ruleset(lab.Name).Contains("6881", StringComparison.Ordinal)).Should().BeTrue("the new rules are kept now");
        supervised.Stop().Exit.Should().Be(0);
    }

    /// <summary>The record says nothing of peers: that it was written is all that the supervisor sees.</summary>
    [Test]
    public void A_peer_that_another_command_took_away_stays_away()
    {
        const string Gone = "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA=";
        using var lab = new Lab(withProvider: true) { MorePeers = $"[[peers]]\npublicKey = \"{Gone}\"\nallowedIPs = [\"10.77.0.0/16\"]\n" };
        lab.Save();
        var supervised = new Supervised(lab).ShouldBeReady();
        Within.Run(lab.Name, "wg", "show", lab.Name, "peers").Should().Contain(Gone);
        lab.MorePeers = string.Empty;
        lab.Save();
        var from = supervised.Told.Length;

        lab.Up();

        supervised.Hear("READY=1", from);
        Thread.Sleep(3000);
        Within.Run(lab.Name, "wg", "show", lab.Name, "peers").Should().NotContain(Gone).And.Contain(lab.PeerKey);
        supervised.Stop().Exit.Should().Be(0);
    }
}
