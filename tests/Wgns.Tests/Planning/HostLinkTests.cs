using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Firewall;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Tests.Execution;

namespace Wgns.Tests.Planning;

/// <summary>The link to the host, in the twin of a machine.</summary>
public sealed class HostLinkTests
{
    private static readonly HostLinkName Name = new("wgh-vpn", "host0", "wgns_0");

    private static readonly DesiredState Linked = With(Name, "10.9.0.1/30", "10.9.0.2/30");

    private static DesiredState With(HostLinkName name, string host, string inside, string rules = "table inet wgns_0 { }\n") =>
        Desired.Usual() with { HostLink = new DesiredHostLink(name, rules, Desired.Cidrs(host), Desired.Cidrs(inside)) };

    [Test]
    public void It_is_made_when_the_tunnel_stands_with_the_rules_of_both_ends_before_it()
    {
        var steps = new World().Next(Linked).ToList();

        steps.Should().ContainInOrder("load firewall rules", "bring up wg0", "load firewall rules of the host link (table inet wgns_0 of the host)", "create host link wgh-vpn - host0");
        steps.Last().Should().Be("create host link wgh-vpn - host0");
        new World().UpOrFail(Linked).Next(Linked).Should().BeEmpty();
    }

    [Test]
    public void Who_called_a_port_of_UDP_before_it_led_inside_is_forgotten_when_the_rules_and_the_link_stand()
    {
        var udp = Linked with
        {
            HostLink = Linked.HostLink! with { Udp = [new LinkPort(PublishProtocol.Udp, IPEndPoint.Parse("192.0.2.2:80"), ["lan0"], IPEndPoint.Parse("10.9.0.2:8080")) { Own = [IPAddress.Parse("192.0.2.2")] }] },
        };
        const string forget = "have the host forget earlier callers of 192.0.2.2:80 (udp)";
        var world = new World();

        world.Next(udp).TakeLast(2).Should().Equal("create host link wgh-vpn - host0", forget);
        world.UpOrFail(udp).Next(udp).Should().BeEmpty();
        world.Next(udp with { HostLink = udp.HostLink with { Rules = "table inet wgns_0 { chain x { } }\n" } }).Should().Equal(
            "load firewall rules of the host link (table inet wgns_0 of the host)", forget);
    }

    [Test]
    public void A_down_leaves_nothing_of_it_and_one_with_processes_inside_neither()
    {
        var world = new World().UpOrFail(Linked);
        world.Machine.State = world.Machine.State with { Processes = [new ObservedProcess(1, "inside")] };
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.State.Netns.Should().Be(NetnsPresence.Present);
        ShouldBeGone(world);
        world.Machine.State.Links.Should().BeEmpty();

        world.UpOrFail(Linked);
        world.Down(force: true).Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
        ShouldBeGone(world);
    }

    [Test]
    public void Taken_out_of_the_configuration_it_goes_and_the_tunnel_stays()
    {
        var world = new World().UpOrFail(Linked);

        world.Next(Desired.Usual()).Should().Equal("delete host link wgh-vpn - host0", "delete table inet wgns_0 of the host");
        world.UpOrFail(Desired.Usual());
        ShouldBeGone(world);
        world.Machine.State.Link("wg0").Should().NotBeNull();
        world.Store.Load(World.Name)!.HostLinks.Should().BeEmpty();
    }

    [TestCase("10.9.0.5/30", "10.9.0.6/30")]
    [TestCase("fd09::1/127", "fd09::/127")]
    public void Other_addresses_make_it_anew(string host, string inside)
    {
        var world = new World().UpOrFail(Linked);
        var other = With(Name, host, inside, "table inet wgns_0 { chain x { } }\n");

        world.Next(other).Should().Equal(
            "load firewall rules of the host link (table inet wgns_0 of the host)", "delete host link wgh-vpn - host0", "create host link wgh-vpn - host0");
        world.UpOrFail(other).Next(other).Should().BeEmpty();
    }

    [Test]
    public void Under_another_name_the_old_one_goes_first()
    {
        var world = new World().UpOrFail(Linked);
        var other = With(Name with { HostIfname = "h1", Ifname = "n1" }, "10.9.0.1/30", "10.9.0.2/30");

        world.Next(other).First().Should().Be("delete host link wgh-vpn - host0");
        world.UpOrFail(other).Next(other).Should().BeEmpty();
        world.Machine.State.Outside.Links.Select(l => l.Ifname).Should().Equal("h1");
        world.Down().Succeeded.Should().BeTrue();
        ShouldBeGone(world);
    }

    [Test]
    public void What_somebody_changed_is_put_back()
    {
        var world = new World().UpOrFail(Linked);
        var right = world.Machine.State;
        var inside = right.Link("host0")!;

        // A way out by it.
        world.Machine.State = right with { Links = right.Links.Replace(inside, inside with { Routes = inside.Routes.Add(new ObservedRoute(Desired.Cidrs("0.0.0.0/0")[0], true)) }) };
        world.Next(Linked).Should().Equal("remove route 0.0.0.0/0 by host0");

        world.Machine.State = right with { Links = right.Links.Replace(inside, inside with { IsUp = false }) };
        world.Next(Linked).Should().Equal("delete host link wgh-vpn - host0", "create host link wgh-vpn - host0");

        world.Machine.State = right with { Outside = right.Outside with { Tables = ImmutableDictionary<string, string>.Empty } };
        world.Next(Linked).Should().Equal("load firewall rules of the host link (table inet wgns_0 of the host)");
    }

    [Test]
    public void A_link_of_somebody_elses_under_its_name_stops_the_run_before_it_begins()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with { Outside = new ObservedOutside([new ObservedLink("wgh-vpn", 9, "veth", 1500, true, [], [])], ImmutableDictionary<string, string>.Empty) };

        var result = Planner.Up(Linked, world.Observed);
        result.Plan.Should().BeNull();
        result.Obstacles.Should().ContainSingle().Which.Message.Should().Be("link wgh-vpn exists already on the host and was not made by wgns");
    }

    [Test]
    public void Killed_at_any_place_an_up_finishes_it_and_a_down_takes_it_away()
    {
        var moments = 0;
        foreach (var before in new DesiredState?[] { null, Desired.Usual(), With(Name with { HostIfname = "old0" }, "10.9.0.5/30", "10.9.0.6/30", "table inet wgns_0 { chain y { } }\n") })
        {
            foreach (var after in new[] { Linked, Desired.Usual() })
            {
                for (var at = 0; ; at++, moments++)
                {
                    var world = new World();
                    if (before is not null)
                    {
                        world.UpOrFail(before);
                    }

                    if (!KillAt.Kills(at, observer => world.Up(after, observer)))
                    {
                        break;
                    }

                    if (at % 2 == 0)
                    {
                        world.UpOrFail(Linked).Next(Linked).Should().BeEmpty();
                    }

                    world.Down().Succeeded.Should().BeTrue();
                    world.ShouldBeEmpty();
                    ShouldBeGone(world);
                }
            }
        }

        moments.Should().BeGreaterThan(60);
    }

    [Test]
    public void A_plan_is_a_script_that_makes_it_by_hand()
    {
        var script = ShellRenderer.Render(new World().PlanUp(Linked));

        script.Should().Contain("""
            ip link add name wgh-vpn type veth peer name host0 netns vpn
            sysctl -e -q -w net/ipv6/conf/wgh-vpn/addr_gen_mode=1
            """).And.Contain("""
            ip netns exec vpn sysctl -e -q -w net/ipv4/conf/host0/arp_ignore=1
            ip -n vpn address add 10.9.0.2/30 dev host0
            ip -n vpn link set dev host0 up
            """).And.Contain("table inet wgns_0\ndelete table inet wgns_0\ntable inet wgns_0 { }\n");
    }

    [Test]
    public void A_renaming_that_was_killed_before_it_began_and_is_given_up_leaves_the_link_alone()
    {
        var other = With(Name with { Ifname = "eth0" }, "10.9.0.1/30", "10.9.0.2/30");
        for (var at = 0; ; at++)
        {
            var world = new World().UpOrFail(Linked);
            if (!KillAt.Kills(at, observer => world.Up(other, observer)))
            {
                break;
            }

            world.UpOrFail(Linked).Next(Linked).Should().BeEmpty();
            world.Machine.State.Outside.Link("wgh-vpn").Should().NotBeNull();
            world.Machine.State.Link("host0").Should().NotBeNull();
        }
    }

    private static void ShouldBeGone(World world)
    {
        world.Machine.State.Outside.Links.Should().BeEmpty();
        world.Machine.State.Outside.Tables.Should().BeEmpty();
    }
}
