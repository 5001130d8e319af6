using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Tests.Execution;

namespace Wgns.Tests.Planning;

/// <summary>Forwarding for what is published via the link, in the twin of a machine.</summary>
public sealed class ForwardingTests
{
    private const string Lan = "net/ipv4/conf/lan0/forwarding";
    private const string Lan6 = "net/ipv6/conf/lan0/force_forwarding";
    private static readonly HostLinkName Name = new("wgh-vpn", "host0", "wgns_0");

    internal static readonly DesiredState Published = Desired.Usual() with
    {
        HostLink = new DesiredHostLink(Name, "table inet wgns_0 {\n        #closed\n}\n", Desired.Cidrs("10.9.0.1/30"), Desired.Cidrs("10.9.0.2/30"))
        {
            ForwardsV4 = ["lan0"],
            ForwardsV6 = ["lan0"],
            Ports = [Tcp("192.0.2.2:80")],
        },
    };

    private static LinkPortRecord Tcp(string listen) => new(PublishProtocol.Tcp, IPEndPoint.Parse(listen));

    /// <summary>Another namespace that has turned on the same.</summary>
    private static LinkNeighbour Neighbour(params LinkPortRecord[] ports) => new("other", ["wgh-other"], [Lan, Lan6], [.. ports]);

    private static World Beside(World world, params LinkNeighbour[] neighbours)
    {
        world.Machine.State = world.Machine.State with { Outside = world.Machine.State.Outside with { Neighbours = [.. neighbours] } };
        return world;
    }

    internal static World On(params (string Key, string Value)[] sysctls)
    {
        var world = new World();
        world.Machine.State = world.Machine.State with
        {
            Outside = ObservedOutside.Nothing with
            {
                Sysctls = new Dictionary<string, string>
                {
                    [Forwarding.AllV4] = "0", [Forwarding.AllV6] = "0", [Forwarding.V4("default")] = "0", [Forwarding.V6("default")] = "0", [Lan] = "0", [Lan6] = "0",
                }.ToImmutableDictionary().SetItems(sysctls.Select(s => KeyValuePair.Create(s.Key, s.Value))),
            },
        };
        return world;
    }

    private static string? Value(World world, string key) => world.Machine.State.Outside.Sysctls.GetValueOrDefault(key);

    private static string Rules(World world) => world.Machine.State.Outside.Tables["wgns_0"];

    [Test]
    public void It_is_turned_on_for_two_links_when_the_rules_and_the_link_stand()
    {
        var world = On();
        world.Next(Published).TakeLast(6).Should().Equal(
            "load firewall rules of the host link (table inet wgns_0 of the host)",
            "create host link wgh-vpn - host0",
            $"set {Lan} = 1 of the host",
            $"set {Lan6} = 1 of the host",
            "set net/ipv4/conf/wgh-vpn/forwarding = 1 of the host",
            "set net/ipv6/conf/wgh-vpn/force_forwarding = 1 of the host");
        world.UpOrFail(Published).Next(Published).Should().BeEmpty();
        Rules(world).Should().Contain("iifname { \"lan0\" } meta nfproto ipv4 oifname != \"wgh-*\" counter drop")
            .And.Contain("iifname { \"lan0\" } meta nfproto ipv6 oifname != \"wgh-*\" counter drop");
    }

    [Test]
    public void A_down_turns_it_off_before_the_rules_go()
    {
        var world = On().UpOrFail(Published);
        Value(world, Lan).Should().Be("1");
        Planner.Down(world.Observed).Plan!.Steps.Select(s => s.Do.Describe()).Should().ContainInOrder(
            $"set {Lan} = 0 of the host", $"set {Lan6} = 0 of the host", "delete host link wgh-vpn - host0", "delete table inet wgns_0 of the host");
        world.Down().Succeeded.Should().BeTrue();
        (Value(world, Lan), Value(world, Lan6)).Should().Be(("0", "0"));
    }

    [Test]
    public void What_was_on_stays_on_and_is_not_closed()
    {
        var world = On((Lan, "1")).UpOrFail(Published);
        Rules(world).Should().NotContain("ipv4").And.Contain("ipv6");
        world.Down().Succeeded.Should().BeTrue();
        Value(world, Lan).Should().Be("1");
    }

    [Test]
    public void A_value_that_somebody_changed_since_is_his()
    {
        var world = On().UpOrFail(Published);
        world.Machine.State = world.Machine.State with { Outside = world.Machine.State.Outside with { Sysctls = world.Machine.State.Outside.Sysctls.SetItem(Lan6, "2") } };
        world.Down().Succeeded.Should().BeTrue();
        Value(world, Lan6).Should().Be("2");
    }

    [Test]
    public void A_machine_that_forwards_as_a_whole_is_left_alone_also_when_it_begins_to()
    {
        var world = On().UpOrFail(Published);
        world.Machine.State = world.Machine.State with
        {
            Outside = world.Machine.State.Outside with { Sysctls = world.Machine.State.Outside.Sysctls.SetItem(Forwarding.AllV4, "1").SetItem(Forwarding.AllV6, "1") },
        };
        world.UpOrFail(Published).Next(Published).Should().BeEmpty();
        Rules(world).Should().NotContain("lan0");
        world.Store.Load(World.Name)!.Forwarding.Should().BeEmpty();
        world.Down().Succeeded.Should().BeTrue();
        Value(world, Lan).Should().Be("1", "IPv4's is the machine's now");
    }

    [Test]
    public void Taken_out_of_the_configuration_it_is_turned_off_first()
    {
        var world = On().UpOrFail(Published);
        var plain = Published with { HostLink = Published.HostLink! with { ForwardsV4 = [], ForwardsV6 = [] } };
        var steps = world.Next(plain).ToList();
        steps.Take(2).Should().Equal($"set {Lan} = 0 of the host", $"set {Lan6} = 0 of the host");
        steps.Should().Contain("set net/ipv4/conf/wgh-vpn/forwarding = 0 of the host");
        world.UpOrFail(plain).Next(plain).Should().BeEmpty();
        world.Store.Load(World.Name)!.Forwarding.Should().BeEmpty();
    }

    [Test]
    public void What_another_namespace_turned_on_is_closed_by_both_and_put_back_by_the_last()
    {
        var world = Beside(On((Lan, "1"), (Lan6, "1")), Neighbour(Tcp("192.0.2.2:81"))).UpOrFail(Published);
        world.Next(Published).Should().BeEmpty();
        Rules(world).Should().Contain("ipv4 oifname").And.Contain("ipv6 oifname");
        world.Store.Load(World.Name)!.Forwarding.Should().Equal(new SysctlRecord(Lan, "0", "1"), new SysctlRecord(Lan6, "0", "1"));
        world.Down().Succeeded.Should().BeTrue();
        Value(world, Lan).Should().Be("1", "the other has need of it");

        Beside(world, Neighbour()).UpOrFail(Published);
        Beside(world).Down().Succeeded.Should().BeTrue();
        (Value(world, Lan), Value(world, Lan6)).Should().Be(("0", "0"), "there is no other any more");
    }

    [TestCase("192.0.2.2:80", true)]
    [TestCase("0.0.0.0:80", true)]
    [TestCase("192.0.2.3:80", false)]
    [TestCase("192.0.2.2:81", false)]
    [TestCase("[::]:80", false)]
    public void A_port_that_leads_into_another_namespace_is_an_error_that_names_it(string listen, bool isTaken)
    {
        var obstacles = Planner.Up(Published, Beside(On(), Neighbour(Tcp(listen), new LinkPortRecord(PublishProtocol.Udp, IPEndPoint.Parse("192.0.2.2:80")))).Observed).Obstacles;
        obstacles.Select(o => o.Message).Should().Equal(isTaken ? [$"port 192.0.2.2:80 (tcp) of the host leads into namespace other already: {listen} (tcp), via its link"] : []);
    }

    [Test]
    public void A_link_whose_name_anothers_rules_do_not_let_by_is_an_error_with_a_cure()
    {
        var mine = Published with { HostLink = Published.HostLink! with { Name = Name with { HostIfname = "veth0" } } };
        Planner.Up(mine, Beside(On(), Neighbour()).Observed).Obstacles.Should().ContainSingle().Which.Message.Should().Contain("the hostInterface veth0 does not begin with wgh-");
        Planner.Up(mine, Beside(On(), Neighbour() with { Forwarding = [] }).Observed).Obstacles.Should().BeEmpty("it has turned on nothing");
        Planner.Up(Published, Beside(On(), Neighbour() with { HostIfnames = ["veth1"] }).Observed).Obstacles.Should().ContainSingle().Which.Message.Should().Contain("veth1");
    }

    [Test]
    public void A_kernel_that_forwards_IPv6_as_a_whole_or_not_at_all_is_an_error_with_a_cure()
    {
        var world = On();
        world.Machine.State = world.Machine.State with
        {
            Outside = world.Machine.State.Outside with { Sysctls = world.Machine.State.Outside.Sysctls.Remove(Lan6).Remove(Forwarding.V6("default")) },
        };
        Planner.Up(Published, world.Observed).Obstacles.Should().ContainSingle().Which.Hint.Should().Contain("net.ipv6.conf.all.forwarding");
    }

    [Test]
    public void After_a_kill_at_any_moment_of_an_up_or_a_down_the_other_finds_its_way()
    {
        var moment = 0;
        for (var world = On(); KillAt.Kills(moment, o => world.Up(Published, o)); world = On())
        {
            world.Down().Succeeded.Should().BeTrue();
            (Value(world, Lan), Value(world, Lan6)).Should().Be(("0", "0"), "killed at {0}", moment);
            world.ShouldBeEmpty();
            moment++;
        }

        moment.Should().BeGreaterThan(30);
        moment = 0;
        for (var world = On().UpOrFail(Published); KillAt.Kills(moment, o => world.Down(observer: o)); world = On().UpOrFail(Published))
        {
            world.UpOrFail(Published).Next(Published).Should().BeEmpty();
            Rules(world).Should().Contain("not forwarded before wgns", "killed at {0}", moment);
            world.Down().Succeeded.Should().BeTrue();
            (Value(world, Lan), Value(world, Lan6)).Should().Be(("0", "0"), "killed at {0}", moment);
            moment++;
        }

        moment.Should().BeGreaterThan(10);
    }
}
