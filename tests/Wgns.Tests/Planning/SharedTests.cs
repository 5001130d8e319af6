using System.Net;
using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Tests.Execution;

namespace Wgns.Tests.Planning;

/// <summary>managed = false: a namespace that somebody else made, and keeps.</summary>
public sealed class SharedTests
{
    private const string Ping = "net/ipv4/ping_group_range";

    [Test]
    public void Where_it_is_not_there_up_makes_none_and_says_who_has_to() =>
        Planner.Up(Wanted(), new World().Observed).Obstacles.Should().ContainSingle()
            .Which.ToString().Should().Contain("there is no namespace vpn").And.Contain("ip netns add vpn");

    [TestCase(false)]
    [TestCase(true)]
    public void Up_builds_into_it_and_down_leaves_it_as_it_was(bool userspace)
    {
        var world = Theirs();
        var before = world.Picture();

        world.UpOrFail(Wanted(userspace)).Next(Wanted(userspace)).Should().BeEmpty();
        world.Machine.State.Link("eth0").Should().NotBeNull();
        world.Machine.State.Sysctls.Should().ContainKey("net/ipv6/conf/wg0/disable_ipv6").And.NotContainKey("net/ipv6/conf/default/disable_ipv6", "what other links get is their maker's");
        world.Machine.State = world.Machine.State with { Processes = [new ObservedProcess(7, "theirs")] };
        world.Down().Succeeded.Should().BeTrue();

        ShouldBe(world, before);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void After_a_kill_at_any_moment_up_finishes_it_and_down_leaves_it_as_it_was(bool userspace)
    {
        var before = Theirs().Picture();
        var wanted = Theirs().UpOrFail(Wanted(userspace)).Picture();
        Action<IRunObserver> Up(World world) => observer => world.Up(Wanted(userspace), observer);
        void Downs(World world)
        {
            world.Down(isShared: true).Succeeded.Should().BeTrue();
            ShouldBe(world, before);
        }

        KillAt.EveryMoment(Theirs, Up, world =>
        {
            world.UpOrFail(Wanted(userspace)).Picture().Should().Be(wanted);
            world.Down().Succeeded.Should().BeTrue();
            ShouldBe(world, before);
        }).Should().BeGreaterThan(30);
        KillAt.EveryMoment(Theirs, Up, Downs);
        KillAt.EveryMoment(() => Theirs().UpOrFail(Wanted(userspace)), world => observer => world.Down(observer: observer), Downs);
    }

    [Test]
    public void A_failure_of_any_step_gives_it_back_as_it_was()
    {
        var world = Theirs();
        var before = world.Picture();
        var steps = world.PlanUp(Wanted(userspace: true)).Steps.Length;
        for (var refused = 0; refused < steps; refused++)
        {
            new Executor(new RefusingMachine(world.Machine, refused), world.Store).Apply(world.PlanUp(Wanted(userspace: true))).Succeeded.Should().BeFalse();
            ShouldBe(world, before);
        }
    }

    [Test]
    public void A_setting_that_somebody_changed_since_stays_as_he_set_it()
    {
        var world = Theirs().UpOrFail(Wanted());
        world.Machine.State = world.Machine.State with { Sysctls = world.Machine.State.Sysctls.SetItem(Ping, "5\t6") };

        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Sysctls[Ping].Should().Be("5\t6");
    }

    [Test]
    public void A_second_up_that_sets_more_still_knows_how_it_was_at_first()
    {
        var world = Theirs().UpOrFail(Wanted());
        world.UpOrFail(Wanted() with { PingGroups = "100 100", Ruleset = "table inet wgns { chain more { } }\n" });

        world.Store.Load(World.Name)!.Shared!.Sysctls.Should().ContainSingle().Which.Before.Should().Be("1 0");
    }

    [Test]
    public void What_nothing_can_be_put_back_for_is_set_and_left()
    {
        var world = Theirs();
        world.Machine.State = world.Machine.State with { Sysctls = world.Machine.State.Sysctls.SetItem(Ping, string.Empty) };
        foreach (var wanted in new[] { Wanted() with { PingGroups = "0 0" }, Desired.Usual() with { PingGroups = "0 0" } })
        {
            Planner.Up(wanted, world.Observed, adopt: true).Plan!.Steps.Should()
                .ContainSingle(s => s.Do.Equals(new SetSysctl(World.Name, Ping, "0 0"))).Which.Undo.Should().BeNull();
        }

        world.UpOrFail(Wanted() with { PingGroups = "0 0" });
        world.Store.Load(World.Name)!.Shared!.Sysctls.Should().BeEmpty();
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Sysctls[Ping].Should().Be("0 0");
    }

    [Test]
    public void One_that_was_made_anew_under_its_name_is_built_into_again()
    {
        var world = Theirs().UpOrFail(Wanted(userspace: true));
        var wanted = world.Picture();
        MakeAnew(world);

        world.UpOrFail(Wanted(userspace: true)).Picture().Should().Be(wanted);
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Link("eth0").Should().NotBeNull();
        world.Machine.Engines.Should().BeEmpty();
    }

    [Test]
    public void In_one_that_was_made_anew_a_link_of_the_tunnels_name_is_not_ours()
    {
        var world = Theirs().UpOrFail(Wanted());
        MakeAnew(world);
        world.Machine.State = world.Machine.State with { Links = world.Machine.State.Links.Add(new ObservedLink("wg0", 9, "wireguard", 1420, true, [], [])) };

        Planner.Up(Wanted(), world.Observed).Obstacles.Should().ContainSingle().Which.Message.Should().Contain("link wg0 exists already");
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Link("wg0").Should().NotBeNull();
    }

    [Test]
    public void One_that_wgns_made_is_not_turned_into_somebody_elses_nor_the_other_way()
    {
        var ours = new World().UpOrFail(Desired.Usual());
        Planner.Up(Wanted(), ours.Observed).Obstacles.Should().ContainSingle().Which.Hint.Should().Contain("`wgns down vpn` first");

        var theirs = Theirs().UpOrFail(Wanted());
        foreach (var adopt in new[] { false, true })
        {
            Planner.Up(Desired.Usual(), theirs.Observed, adopt).Obstacles.Should().ContainSingle().Which.Message.Should().Contain("made by somebody else");
        }
    }

    [Test]
    public void A_table_of_our_name_that_nobody_recorded_is_in_the_way_unless_it_is_to_be_adopted()
    {
        var world = Theirs();
        world.Machine.State = world.Machine.State with { RulesetListing = "table inet wgns {\n}\n" };

        Planner.Up(Wanted(), world.Observed).Obstacles.Should().ContainSingle().Which.Message.Should().Contain("table inet wgns exists already");
        Planner.Up(Wanted(), world.Observed, adopt: true).Obstacles.Should().BeEmpty();
    }

    [TestCase("0.0.0.0/0", 0u, true)]
    [TestCase("0.0.0.0/0", 100u, false)]
    [TestCase("::/0", 384u, true)]
    [TestCase("::/0", 385u, false)]
    [TestCase("::/0", 1024u, false)]
    [TestCase("10.0.0.0/8", 0u, false)]
    public void A_route_of_theirs_that_would_win_over_the_tunnels_is_in_the_way(string network, uint metric, bool isInTheWay)
    {
        var world = Theirs();
        var eth = world.Machine.State.Link("eth0")!;
        world.Machine.State = world.Machine.State with
        {
            Links = [eth with { Routes = [new ObservedRoute(Desired.Cidrs(network)[0], IsOurs: true, metric)] }],
        };

        Planner.Up(Wanted(), world.Observed).Obstacles.Any(o => o.Message.Contains($"route to {network} by eth0", StringComparison.Ordinal)).Should().Be(isInTheWay);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_router_advertisement_keeps_no_engine_from_being_started_again_and_no_tunnel_from_coming_up(bool comesFirst)
    {
        var world = Theirs();
        if (!comesFirst)
        {
            world.UpOrFail(Wanted(userspace: true));
            world.Machine.KillEngine(world.Machine.Engines.Keys.Single());
        }

        var eth = world.Machine.State.Link("eth0")!;
        var advertised = new ObservedRoute(Desired.Cidrs("::/0")[0], IsOurs: false, 1024);
        world.Machine.State = world.Machine.State with { Links = world.Machine.State.Links.Replace(eth, eth with { Routes = [advertised] }) };

        world.UpOrFail(Wanted(userspace: true)).Next(Wanted(userspace: true)).Should().BeEmpty();

        world.Machine.Engines.Should().ContainSingle();
        world.Machine.State.Link("eth0")!.Routes.Should().Equal(advertised);
        world.Machine.State.Link("wg0")!.Routes.Should().Contain(r => r.Destination == advertised.Destination && r.Metric < advertised.Metric);
    }

    [Test]
    public void The_script_of_a_plan_gives_routes_the_same_metric()
    {
        var script = ShellRenderer.Render(Theirs().PlanUp(Wanted()));

        script.Should().Contain("ip -n vpn route replace ::/0 dev wg0 metric 384\n").And.Contain("ip -n vpn route replace 0.0.0.0/0 dev wg0\n");
        ShellRenderer.Render(new World().PlanUp(Wanted() with { IsManaged = true })).Should().Contain("ip -n vpn route replace ::/0 dev wg0\n");
    }

    [Test]
    public void A_route_of_ours_that_is_weaker_than_it_should_be_gets_one_that_is_not_beside_it()
    {
        var world = Theirs().UpOrFail(Wanted());
        var link = world.Machine.State.Link("wg0")!;
        var weak = link.Routes.Select(r => r.Destination.IsIPv6 && r.IsOurs ? r with { Metric = 1024 } : r);
        world.Machine.State = world.Machine.State with { Links = world.Machine.State.Links.Replace(link, link with { Routes = [.. weak] }) };

        world.Next(Wanted()).Should().Equal("add route ::/0 by wg0");
        world.UpOrFail(Wanted()).Next(Wanted()).Should().BeEmpty();
    }

    [Test]
    public void Down_without_a_record_has_nothing_to_do_where_the_configuration_says_that_it_is_not_ours()
    {
        Planner.Down(Theirs().Observed, isShared: true).Plan!.Steps.Should().BeEmpty();
        Planner.Down(Theirs().Observed).Obstacles.Should().ContainSingle("without that nothing is known of it");
    }

    [Test]
    public void Hold_closes_it_for_the_tunnel_to_come_and_names_nothing()
    {
        var world = Theirs();
        var holding = new Holding("wgns-netns@vpn.service", new NetnsIdentity(4, 5), IsMachines: false, []);
        var held = Planner.Hold(Wanted(), world.Observed, holding).Plan!;
        held.Steps.Select(s => s.Do).Should().NotContain(o => o is NameOwnNetns || o is CreateLink).And.ContainSingle(o => o is LoadRuleset);
        new Executor(world.Machine, world.Store).Apply(held).Succeeded.Should().BeTrue();

        world.UpOrFail(Wanted());
        Planner.Hold(Wanted(), world.Observed, holding).Plan!.Steps.Should().BeEmpty();
        var release = Planner.Release(world.Observed, "wgns-netns@vpn.service").Plan!;
        new Executor(world.Machine, world.Store).TearDown(release).Succeeded.Should().BeTrue();
        ShouldBe(world, Theirs().Picture());
    }

    [Test]
    public void Held_again_it_keeps_its_link_and_the_ports_of_the_hosts_that_are_its_own()
    {
        var port = new LinkPortRecord(PublishProtocol.Tcp, IPEndPoint.Parse("0.0.0.0:9091"));
        var link = new DesiredHostLink(new HostLinkName("wgh-vpn", "host0", "wgns_0"), "table inet wgns_0 { }\n", Desired.Cidrs("10.9.0.1/30"), Desired.Cidrs("10.9.0.2/30")) { Ports = [port] };
        var wanted = Wanted() with { HostLink = link };
        var world = Theirs().UpOrFail(wanted);
        var before = world.Store.Load(World.Name)!;
        before.LinkPorts.Should().Equal(port);
        world.Machine.State = world.Machine.State with { RulesetListing = "somebody changed them" };

        var held = Planner.Hold(wanted, world.Observed, new Holding("wgns-netns@vpn.service", new NetnsIdentity(4, 5), IsMachines: false, [])).Plan!;

        held.Steps.Should().NotBeEmpty();
        new Executor(world.Machine, world.Store).Apply(held).Succeeded.Should().BeTrue();
        var after = world.Store.Load(World.Name)!;
        after.LinkPorts.Should().Equal(port);
        after.HostLinks.Select(l => l.Name).Should().Equal(before.HostLinks.Select(l => l.Name));
        after.Interfaces.Should().Equal(before.Interfaces);
    }

    private static DesiredState Wanted(bool userspace = false) => Desired.Usual(userspace) with { IsManaged = false, IPv6 = true, PingGroups = "0 2147483647" };

    /// <summary>With a link, lo down, and a setting.</summary>
    private static World Theirs()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with
        {
            Netns = NetnsPresence.Present,
            NetnsIdentity = new NetnsIdentity(4, 77),
            RulesetListing = string.Empty,
            Sysctls = world.Machine.State.Sysctls.Add(Ping, "1\t0"),
            Links = [new ObservedLink("eth0", 2, "veth", 1500, true, Desired.Cidrs("172.17.0.2/16"), [])],
        };
        return world;
    }

    private static void MakeAnew(World world)
    {
        foreach (var engine in world.Machine.Engines.Keys.ToList())
        {
            world.Machine.KillEngine(engine);
        }

        world.Machine.State = Theirs().Machine.State with { Files = world.Machine.State.Files, NetnsIdentity = new NetnsIdentity(4, 78) };
    }

    private static void ShouldBe(World world, string before)
    {
        world.Picture().Should().Be(before);
        world.Store.Names.Should().BeEmpty();
        world.Machine.State.Sysctls.Keys.Should().Equal(Ping);
        world.Machine.State.Sysctls[Ping].Replace('\t', ' ').Should().Be("1 0");
    }
}
