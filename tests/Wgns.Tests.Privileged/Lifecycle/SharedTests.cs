using System.Text.Json;

namespace Wgns.Tests.Privileged.Lifecycle;

/// <summary>managed = false: into a namespace that `ip netns add` made, with a link, rules and a default route of its maker's.</summary>
[Category("UserNamespace")]
public sealed class SharedTests
{
    [Test]
    public void Down_leaves_it_exactly_as_it_was_before_up()
    {
        using var lab = Theirs(out var maker, withProvider: true);
        var before = maker.Picture();

        lab.Up("--wait");
        lab.ShouldBeSettled();
        lab.Enter("ping", "-c", "1", "-W", "3", Provider.Address).End().Exit.Should().Be(0);
        lab.Do("exec", lab.Name, "--", "cat", "/etc/resolv.conf").Should().Contain("10.99.0.1");
        lab.Rules = "add rule inet wgns input tcp dport 6881 accept\n";
        lab.Save();
        lab.Reload();
        Machine.Ruleset(lab.Name).Should().Contain("6881").And.Contain("table ip theirs");

        using (Cli.Start("exec", lab.Name, "--", "sleep", "60"))
        {
            lab.Down();
            maker.Picture().Should().Be(before, "who is inside is no reason to leave anything");
        }

        Machine.StateOf(lab.Name).Should().BeNull();
        File.Exists(lab.ResolvConf).Should().BeFalse();
        Cli.Do("down", lab.Config).Should().Contain("is not up, nothing to do");
    }

    [Test]
    public void Without_it_up_makes_none_and_says_how()
    {
        using var lab = new Lab { Extra = "managed = false" };
        lab.Save();

        var answer = lab.TryUp();
        answer.Exit.Should().Be(1);
        answer.Errors.Should().Contain($"there is no namespace {lab.Name}, and with managed = false somebody else makes it").And.Contain($"ip netns add {lab.Name}");
        lab.Leftovers().Should().BeEmpty();
    }

    /// <summary>As the kernel adds it of an advertisement; "high" is a router that says so of itself, and would win with ours' metric.</summary>
    [TestCase("medium")]
    [TestCase("high")]
    public void A_router_that_is_advertised_on_its_makers_link_takes_nothing_from_the_tunnel_and_stops_no_healing(string preference)
    {
        using var lab = Theirs(out var maker);
        string[] advertised = ["ip", "-n", lab.Name, "-6", "route", "add", "default", "via", "fe80::bad", "dev", "eth0", "proto", "ra", "metric", "1024", "pref", preference];
        string Way() => Tool.Run("ip", "-n", lab.Name, "-6", "route", "get", "2001:db8:7::9");
        Tool.Run(advertised[0], advertised[1..]);
        Way().Should().Contain("dev eth0", "the control: before, it is the way out");
        var before = maker.Picture();

        lab.Up();
        Way().Should().Contain($"dev {lab.Name} ");
        lab.Down();
        maker.Picture().Should().Be(before, "it came before the first up");

        Tool.Run("ip", "-n", lab.Name, "-6", "route", "delete", "default", "via", "fe80::bad", "dev", "eth0");
        lab.Up();
        Tool.Run(advertised[0], advertised[1..]);
        Way().Should().Contain($"dev {lab.Name} ");
        LeftDevice.KillEngine(lab.Name);
        lab.Up();
        lab.ShouldBeSettled();
        Machine.Engines(lab.Name).Should().ContainSingle();
        Way().Should().Contain($"dev {lab.Name} ");
        lab.Rules = "add rule inet wgns input tcp dport 6881 accept\n";
        lab.Save();
        lab.Reload();
        lab.Down();
        maker.Picture().Should().Be(before, "it came when the tunnel stood");
    }

    [Test]
    public void A_route_of_its_makers_that_would_win_is_in_the_way()
    {
        using var lab = Theirs(out _);
        Tool.Run("ip", "-n", lab.Name, "-6", "route", "add", "default", "via", "fd29::1", "dev", "eth0", "metric", "384");

        lab.TryUp().Errors.Should().Contain("has a route to ::/0 by eth0 already").And.Contain("give it a metric above 384");
    }

    [Test]
    public void An_up_or_a_down_after_a_crash_anywhere_in_an_up_does_what_it_should()
    {
        using var lab = Theirs(out var maker);
        var before = maker.Picture();
        InProcess.Up(lab);
        var shape = Machine.Shape(lab.Name);
        InProcess.Down(lab);
        Crash.AtEveryPoint(lab, ["up", lab.Config], where =>
        {
            Crash.UpFinishes(lab, shape, where);
            DownLeavesItAsItWas(lab, maker, before, where);
        }).Should().BeGreaterThan(30);
        Crash.AtEveryPoint(lab, ["up", lab.Config], where => DownLeavesItAsItWas(lab, maker, before, where)).Should().BeGreaterThan(30);
    }

    [Test]
    public void A_down_after_a_crash_anywhere_in_a_down_leaves_it_as_it_was()
    {
        using var lab = Theirs(out var maker);
        var before = maker.Picture();
        InProcess.Up(lab);
        Crash.AtEveryPoint(lab, ["down", lab.Name], where =>
        {
            DownLeavesItAsItWas(lab, maker, before, where);
            InProcess.Up(lab);
        }).Should().BeGreaterThan(10);
    }

    [Test]
    public void Nothing_begun_inside_gets_out_by_its_makers_link_and_who_comes_by_that_is_answered()
    {
        using var lab = Theirs(out var maker, withProvider: true);
        lab.Enter("ping", "-c", "1", "-W", "2", Their.Beyond).End().Exit.Should().Be(0, "the control: before, the link is open");
        lab.Up("--wait");
        maker.Received();

        foreach (var moment in (string[])["steady", "the engine is killed", "what it left is deleted"])
        {
            if (moment == "the engine is killed")
            {
                LeftDevice.KillEngine(lab.Name);
            }
            else if (moment != "steady")
            {
                Tool.Run("ip", "-n", lab.Name, "link", "delete", lab.Name);
            }

            foreach (var target in (string[])[Their.Beyond, Their.Address, "203.0.113.9", "2001:db8:7::9"])
            {
                lab.Enter("bash", "-c", $"echo x > /dev/udp/{target}/4000; ping -c 1 -W 1 {target}").End();
            }

            maker.Received().Should().Be(0, moment);
            maker.Ask().Should().Be("hello\n", moment);
            maker.Received();
        }

        lab.Enter("nft", "flush", "chain", "inet", "wgns", "other_links").End().Exit.Should().Be(0);
        lab.Enter("bash", "-c", $"echo x > /dev/udp/{Their.Beyond}/4000").End();
        maker.Received().Should().BePositive("the control: it is the rules that keep it");
    }

    [Test]
    public void An_answer_to_what_a_program_asked_itself_in_the_name_of_another_gets_out_by_no_link_of_its_makers()
    {
        using var lab = Theirs(out var maker);
        lab.Up();
        maker.Received();

        lab.Enter("python3", "-c", Unasked.Answers, "fd29::2", "fd29::1", "4000", "closed", "eth0").End().Output.Should().Contain("tried");
        foreach (var own in (string[])["::1", "fd29::2", "127.0.0.1"])
        {
            lab.Enter("ping", "-c", "1", "-W", "2", own).End().Exit.Should().Be(0, "a namespace talks to itself");
        }

        maker.Received().Should().Be(0);
        Within.Run(lab.Name, "nft", "insert rule inet wgns output oif lo accept");
        lab.Enter("python3", "-c", Unasked.Answers, "fd29::2", "fd29::1", "4000", "open", "eth0").End().Output.Should().Contain("tried");
        Until.True(() => maker.Received() > 0).Should().BeTrue("the control: it is the rule that keeps it");
    }

    [TestCase("2001:db8:77::1", new string[0], TestName = "What_a_program_may_not_say_in_the_name_of_another_does_not_come_to_that_one_as_an_error(by the tunnel)")]
    [TestCase("fd29::9", new[] { "eth0" }, TestName = "What_a_program_may_not_say_in_the_name_of_another_does_not_come_to_that_one_as_an_error(by the link)")]
    public void What_a_program_may_not_say_in_the_name_of_another_does_not_come_to_that_one_as_an_error(string target, string[] link)
    {
        using var lab = Theirs(out var maker);
        lab.Up();

        // They know each other, so that nothing waits to be sent.
        Within.Run(maker.BeyondName, "ping", "-c", "1", "fd29::2");
        maker.Received();

        lab.Enter(["python3", "-c", Unasked.Refused, "fd29::1", target, "secret", .. link]).End().Output.Should().Contain("tried");
        Until.True(() => maker.Received() > 0, seconds: 1).Should().BeFalse();

        Within.Run(lab.Name, "nft", "insert rule inet wgns output udp dport 5353 reject");
        lab.Enter(["python3", "-c", Unasked.Refused, "fd29::1", target, "secret", .. link]).End().Output.Should().Contain("tried");
        Until.True(() => maker.Received() > 0).Should().BeTrue("the control: it is the rule that keeps it");
    }

    [Test]
    public void What_a_maker_sends_on_between_his_links_is_his_own_also_to_the_tunnels_server()
    {
        using var lab = Theirs(out var maker);
        lab.Dns = $"dns_server = \"{Their.Beyond}\"";
        lab.Save();
        lab.Up();
        var clients = lab.Name + "c";
        Tool.Run("ip", "netns", "add", clients);
        try
        {
            Tool.Run("ip", "-n", lab.Name, "link", "add", "c0", "type", "veth", "peer", "name", "up0", "netns", clients);
            Tool.Run("ip", "-n", lab.Name, "address", "add", "172.29.6.1/24", "dev", "c0");
            Tool.Run("ip", "-n", lab.Name, "link", "set", "c0", "up");
            Tool.Run("ip", "-n", clients, "address", "add", "172.29.6.2/24", "dev", "up0");
            Tool.Run("ip", "-n", clients, "link", "set", "up0", "up");
            Tool.Run("ip", "-n", clients, "route", "add", "default", "via", "172.29.6.1");
            Within.Run(lab.Name, "sysctl", "-q", "-w", "net.ipv4.conf.c0.forwarding=1");
            Within.Run(lab.Name, "nft", "add table ip nat; add chain ip nat pre { type nat hook prerouting priority dstnat; }; "
                + $"add rule ip nat pre iifname c0 udp dport 53 dnat to {Their.Beyond}");
            Tool.Run("ip", "-n", lab.Name, "rule", "add", "iif", "c0", "lookup", "100");
            Tool.Run("ip", "-n", lab.Name, "route", "add", "default", "via", Their.Address, "dev", "eth0", "table", "100");
            maker.Received();

            Within.Run(clients, "bash", "-c", "echo asked >/dev/udp/172.29.6.1/53");
            Until.True(() => maker.Received() > 0).Should().BeTrue();
        }
        finally
        {
            Tool.Ask("ip", "netns", "delete", clients);
        }
    }

    [Test]
    public void What_the_far_side_asks_in_the_name_of_a_neighbour_on_its_makers_link_is_not_answered_there()
    {
        using var lab = Theirs(out var maker, withProvider: true);
        lab.Up("--wait");
        Tool.Run("ip", "-n", lab.Provider!.Name, "address", "add", Their.Address + "/32", "dev", "lo");
        maker.Received();

        string[] asks = ["ping", "-c", "1", "-W", "1", "-I", Their.Address, "10.99.0.2"];
        Within.Ask(lab.Provider.Name, asks);
        maker.Received().Should().Be(0);
        maker.Ask().Should().Be("hello\n", "who came by that link is answered");

        Within.Run(lab.Name, "nft", "insert rule inet wgns other_links accept");
        maker.Received();
        Within.Ask(lab.Provider.Name, asks);
        maker.Received().Should().BePositive("the control: it is the rule that keeps it");
    }

    [Test]
    public void A_lookup_at_a_resolver_on_its_makers_link_is_answered_by_the_tunnels_and_gets_out_by_no_link_of_its_makers()
    {
        using var lab = Theirs(out var maker, withProvider: true);
        lab.Dns = $"dns_server = [\"{Provider.Address}\", \"{Provider.Address6}\"]";
        lab.Save();
        lab.Own(new NamedAnswers(lab.Provider!.Name, 53, Provider.Address, Provider.Address6));
        lab.Up("--wait");
        maker.Received();

        foreach (var ask in (Func<string, string, int, string>[])[NamedAnswers.Udp, NamedAnswers.Tcp])
        {
            ask(lab.Name, Their.Address, 53).Should().Be(Provider.Address);
            ask(lab.Name, "fd29::1", 53).Should().Be(Provider.Address6);
        }

        Tool.Run("ip", "-n", lab.Name, "link", "delete", lab.Name);
        foreach (var server in (string[])[Their.Address, "fd29::1", Their.Beyond])
        {
            NamedAnswers.Udp(lab.Name, server, 53).Should().Be("AccessDenied");
        }

        maker.Received().Should().Be(0);
        Within.Run(lab.Name, "nft", "flush chain inet wgns other_links_dns");
        NamedAnswers.Udp(lab.Name, Their.Address, 53);
        maker.Received().Should().BePositive("the control: it is the rule that keeps it");
    }

    [Test]
    public void A_dns_server_whose_address_is_of_its_makers_link_too_is_not_asked_there_for_what_others_were_asked()
    {
        using var lab = Theirs(out var maker);
        lab.Dns = $"dns_server = [\"{Their.Address}\", \"fd29::1\"]";
        lab.Save();
        lab.Up();
        maker.Received();

        foreach (var server in (string[])["203.0.113.53", "2001:db8:7::53", Their.Address, "fd29::1"])
        {
            NamedAnswers.Udp(lab.Name, server, 53).Should().Be("AccessDenied");
        }

        maker.Received().Should().Be(0);
        Within.Run(lab.Name, "nft", "flush chain inet wgns other_links_dns");
        NamedAnswers.Udp(lab.Name, "203.0.113.53", 53);
        maker.Received().Should().BePositive("the control: it is the rule that keeps it");
    }

    [Test]
    public void Status_and_verify_tell_whose_it_is_and_which_links_are_not_ours()
    {
        using var lab = Theirs(out _, withProvider: true);
        lab.Up("--wait");

        lab.Status().GetProperty("managed").GetBoolean().Should().BeFalse();
        lab.Status().GetProperty("otherLinks").EnumerateArray().Select(l => l.GetString()).Should().Equal("eth0");
        lab.Status().GetProperty("state").GetString().Should().Be("up");
        lab.Do("status", lab.Name).Should().Contain("managed = false").And.Contain("eth0: not wgns's");
        var findings = JsonDocument.Parse(Cli.Run("verify", lab.Name, "--json").Output).RootElement.GetProperty("findings").EnumerateArray()
            .ToDictionary(f => f.GetProperty("check").GetString()!, f => (Outcome: f.GetProperty("outcome").GetString(), Reason: f.GetProperty("reason").GetString()));
        findings["links"].Outcome.Should().Be("ok");
        findings["other links"].Outcome.Should().Be("notApplicable");
        findings["other links"].Reason.Should().StartWith("eth0 is not wgns's");
        findings["routes"].Outcome.Should().Be("notApplicable");
        findings["firewall"].Outcome.Should().Be("ok");
        findings.Where(f => f.Value.Outcome == "failed").Select(f => f.Key).Should().NotContain(["links", "routes", "forwarding", "configuration"]);
    }

    [Test]
    public void Taken_away_and_made_anew_it_is_built_into_again_and_wgns_hold_says_that_it_has_nothing_to_hold()
    {
        using var lab = Theirs(out var maker);
        lab.Up();
        maker.MakeAnew();
        using (var hold = new Running("unshare", ["-n", Cli.Binary, "hold", lab.Config, "--by", "wgns-netns@test.service"]))
        {
            hold.End().Output.Should().Contain("managed = false").And.Contain("nothing to hold");
        }

        Machine.Engines(lab.Name).Should().BeEmpty("it was of a namespace that is gone");
        Machine.Ruleset(lab.Name).Should().Contain("other_links", "closed before there is a tunnel");
        lab.Up();
        lab.ShouldBeSettled();
        Machine.Engines(lab.Name).Should().ContainSingle();
        Cli.Do("release", lab.Name, "--by", "wgns-netns@test.service").Should().Contain("stays");
        Machine.StateOf(lab.Name).Should().BeNull();
        Machine.Ip(lab.Name, "link", "show", "eth0").Should().ContainSingle();
    }

    private static Lab Theirs(out Their maker, bool withProvider = false)
    {
        var lab = new Lab(withProvider) { Extra = "managed = false" };
        lab.Save();
        maker = lab.Own(new Their(lab.Name));
        return lab;
    }

    private static void DownLeavesItAsItWas(Lab lab, Their maker, string before, string where)
    {
        InProcess.Down(lab);
        maker.Picture().Should().Be(before, where);
        lab.Leftovers().Should().OnlyContain(l => l.Contains("netns", StringComparison.Ordinal) && !l.StartsWith("/etc", StringComparison.Ordinal), where);
    }
}
