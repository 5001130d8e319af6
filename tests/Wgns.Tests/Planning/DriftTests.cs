using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>What an up does on a live namespace: no more than it must.</summary>
public sealed class DriftTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void A_changed_mtu_is_one_operation(bool userspace) =>
        After(userspace, Desired.Usual(userspace).With(i => i with { Mtu = 1300 })).Should().Equal("set MTU of wg0 to 1300");

    [Test]
    public void Changed_rules_are_loaded_and_nothing_else() =>
        After(false, Desired.Usual() with { Ruleset = "table inet wgns { chain x { } }\n" }).Should().Equal("load firewall rules");

    [Test]
    public void With_something_in_the_way_of_the_rest_the_rules_alone_are_put_back()
    {
        var desired = Desired.Usual();
        var standing = new World().UpOrFail(desired).Observed;
        var drifted = standing with { RulesetListing = string.Empty };

        Planner.Rules(desired, standing).Should().BeNull();
        var plan = Planner.Rules(desired, drifted);
        plan!.Steps.Select(s => s.Do.Describe()).Should().Equal("load firewall rules");
        plan.Outcome!.Of(standing.Record!).Should().BeEquivalentTo(standing.Record, o => o.ComparingRecordsByMembers(), "all that it speaks of stays ours");
        Planner.Rules(desired with { Ruleset = "table inet other { }\n" }, drifted).Should().BeNull("they are another configuration's");
    }

    [Test]
    public void Changed_DNS_is_written_and_nothing_else()
    {
        var desired = Desired.Usual();
        After(false, desired with { Files = [desired.Files[0] with { Content = "nameserver 10.0.0.9\n" }, desired.Files[1]] })
            .Should().Equal("write /etc/netns/vpn/resolv.conf");
    }

    [Test]
    public void DNS_files_that_are_to_be_kept_by_others_are_taken_away_once() =>
        After(false, Desired.Usual() with { Files = [], Directories = [] })
            .Should().Equal("remove /etc/netns/vpn/resolv.conf", "remove /etc/netns/vpn/nsswitch.conf");

    [Test]
    public void An_address_more_and_one_less_leave_the_others() =>
        After(false, Desired.Usual().With(i => i with { Addresses = Desired.Cidrs("10.0.0.2/32", "fd00::9/128") }))
            .Should().Equal("add address fd00::9/128 to wg0", "remove address fd00::2/128 from wg0");

    [Test]
    public void An_IPv6_address_with_another_prefix_comes_when_the_former_has_gone() =>
        After(false, Desired.Usual().With(i => i with { Addresses = Desired.Cidrs("10.0.0.2/32", "fd00::2/64") }))
            .Should().Equal("remove address fd00::2/128 from wg0", "add address fd00::2/64 to wg0");

    [Test]
    public void The_last_IPv4_address_that_is_exchanged_leaves_the_routes() =>
        After(false, Desired.Usual().With(i => i with { Addresses = Desired.Cidrs("10.5.0.2/32", "fd00::2/128") }))
            .Should().Equal("add address 10.5.0.2/32 to wg0", "remove address 10.0.0.2/32 from wg0");

    [Test]
    public void A_first_address_whose_going_takes_others_of_its_subnet_along_is_taken_away_with_them_by_name()
    {
        var before = Desired.Usual().With(i => i with { Addresses = Desired.Cidrs("10.0.0.2/24", "10.0.0.3/24"), Routes = Desired.Cidrs("0.0.0.0/0") });
        var after = before.With(i => i with { Addresses = Desired.Cidrs("10.0.0.3/24") });

        new World().UpOrFail(before).Next(after).Should().Equal(
            "remove route 0.0.0.0/0 by wg0",
            "remove address 10.0.0.3/24 from wg0",
            "remove address 10.0.0.2/24 from wg0",
            "add address 10.0.0.3/24 to wg0",
            "add route 0.0.0.0/0 by wg0");
    }

    [Test]
    public void Changed_routes_are_changed_and_nothing_else() =>
        After(false, Desired.Usual().With(i => i with { Routes = Desired.Cidrs("0.0.0.0/0", "10.9.0.0/16") }))
            .Should().Equal("remove route ::/0 by wg0", "add route 10.9.0.0/16 by wg0");

    [Test]
    public void A_route_that_moves_to_another_interface_goes_before_it_comes()
    {
        var before = Two(Desired.Cidrs(), Desired.Cidrs("10.0.0.0/8"));
        var after = Two(Desired.Cidrs("10.0.0.0/8"), Desired.Cidrs());

        new World().UpOrFail(before).Next(after).Should().Equal("remove route 10.0.0.0/8 by wg1", "add route 10.0.0.0/8 by wg0");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_dead_engine_or_a_deleted_link_is_made_anew_and_the_rest_stays(bool userspace)
    {
        var world = new World().UpOrFail(Desired.Usual(userspace));
        var wanted = world.Picture();
        var record = world.Store.Load(World.Name)!;
        if (userspace)
        {
            world.Machine.KillEngine(record.Interface("wg0")!.Engine!.TemporaryName);
        }
        else
        {
            world.Machine.State = world.Machine.State with { Links = [], Devices = world.Machine.State.Devices.Clear() };
        }

        var next = world.Next(Desired.Usual(userspace)).ToList();
        next[0].Should().Be(userspace ? "stop wireguard-go of wg0" : "create link wg0 (kernel WireGuard)");
        next.Should().NotContain(o => o.Contains("namespace", StringComparison.Ordinal) || o.Contains("rules", StringComparison.Ordinal));
        world.UpOrFail(Desired.Usual(userspace)).Picture().Should().Be(wanted);
        // The name by which it is known stays: its socket is where it was.
        world.Store.Load(World.Name)!.Interface("wg0")?.Engine?.TemporaryName.Should().Be(record.Interface("wg0")?.Engine?.TemporaryName);
        world.Next(Desired.Usual(userspace)).Should().BeEmpty();
    }

    [Test]
    public void A_deleted_netns_is_made_anew_with_all_that_was_in_it()
    {
        foreach (var userspace in new[] { false, true })
        {
            var world = new World().UpOrFail(Desired.Usual(userspace));
            var wanted = world.Picture();
            world.Machine.Apply(new DeleteNetns(World.Name), world.Store.Load(World.Name)!);

            world.UpOrFail(Desired.Usual(userspace)).Picture().Should().Be(wanted);
            world.Next(Desired.Usual(userspace)).Should().BeEmpty();
        }
    }

    [Test]
    public void What_somebody_did_by_hand_is_put_right()
    {
        Drifted(s => s with { RulesetListing = "table inet wgns { }\ntable inet more { }\n" }).Should().Equal("load firewall rules");
        Drifted(s => s with { RulesetListing = string.Empty }).Should().Equal("load firewall rules");
        Drifted(s => s with { LoopbackUp = false }).Should().Equal("bring up lo");
        Drifted(Link(l => l with { Addresses = l.Addresses.RemoveAt(1) })).Should().Equal("add address fd00::2/128 to wg0");
        // With its last IPv4 address a link loses its IPv4 routes.
        Drifted(Link(l => l with { Addresses = l.Addresses.RemoveAt(0), Routes = l.Routes.RemoveAll(r => !r.Destination.IsIPv6) }))
            .Should().Equal("add address 10.0.0.2/32 to wg0", "add route 0.0.0.0/0 by wg0");
        Drifted(Link(l => l with { Addresses = l.Addresses.Add(Desired.Cidrs("10.7.0.1/24")[0]) })).Should().Equal("remove address 10.7.0.1/24 from wg0");
        Drifted(Link(l => l with { Addresses = l.Addresses.Add(Desired.Cidrs("fe80::1/64")[0]) })).Should().BeEmpty();
        Drifted(Link(l => l with { Routes = l.Routes.RemoveAll(r => r.Destination == Desired.Cidrs("::/0")[0]) })).Should().Equal("add route ::/0 by wg0");
        Drifted(Link(l => l with { Routes = l.Routes.Add(new ObservedRoute(Desired.Cidrs("10.8.0.0/16")[0], true)) })).Should().Equal("remove route 10.8.0.0/16 by wg0");
        Drifted(Link(l => l with { Routes = l.Routes.Add(new ObservedRoute(Desired.Cidrs("fe80::/64")[0], false)) })).Should().BeEmpty();
        Drifted(Link(l => l with { IsUp = false, Routes = [] })).Should().Equal("bring up wg0", "add route 0.0.0.0/0 by wg0", "add route ::/0 by wg0");
        Drifted(Link(l => l with { Mtu = 1000 })).Should().Equal("set MTU of wg0 to 1420");
        Drifted(s => s with { Files = s.Files.SetItem("/etc/netns/vpn/resolv.conf", new ObservedFile(FileKind.Regular, "x")) })
            .Should().Equal("write /etc/netns/vpn/resolv.conf");
        Drifted(s => s with { Files = s.Files.Remove("/etc/netns/vpn/nsswitch.conf") }).Should().Equal("write /etc/netns/vpn/nsswitch.conf");
    }

    [TestCase(MtuKnowledge.Known, 1500, "set MTU of wg0 to 1420")]
    [TestCase(MtuKnowledge.Known, 1380, "set MTU of wg0 to 1420")]
    [TestCase(MtuKnowledge.AtMost, 1500, "set MTU of wg0 to 1420")]
    [TestCase(MtuKnowledge.AtMost, 1380, null)]
    [TestCase(MtuKnowledge.Guess, 1500, null)]
    [TestCase(MtuKnowledge.Guess, 1380, null)]
    public void An_MTU_that_is_a_guess_takes_the_place_of_none_that_was_known(MtuKnowledge knowledge, int present, string? change)
    {
        var world = new World().UpOrFail(Desired.Usual());
        world.Machine.State = Link(l => l with { Mtu = present })(world.Machine.State);

        world.Next(Desired.Usual().With(i => i with { MtuKnowledge = knowledge })).Should().Equal(change is null ? [] : [change]);
    }

    [Test]
    public void Another_thing_under_the_name_of_our_interface_makes_way_for_it()
    {
        foreach (var kind in new[] { "tun", "veth", "dummy", string.Empty })
        {
            var world = new World().UpOrFail(Desired.Usual());
            var wanted = world.Picture();
            world.Machine.State = Link(l => l with { Kind = kind })(world.Machine.State);

            world.UpOrFail(Desired.Usual()).Picture().Should().Be(wanted);
        }
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void A_change_of_engine_takes_the_old_device_down_before_the_new_one_is_made(bool before, bool after)
    {
        var world = new World().UpOrFail(Desired.Usual(before));

        world.Next(Desired.Usual(after)).First().Should().Be(before ? "stop wireguard-go of wg0" : "delete link wg0");
        world.UpOrFail(Desired.Usual(after)).Picture().Should().Be(new World().UpOrFail(Desired.Usual(after)).Picture());
        world.Next(Desired.Usual(after)).Should().BeEmpty();
        (world.Store.Load(World.Name)!.Interface("wg0")!.Engine is not null).Should().Be(after);
    }

    [Test]
    public void An_interface_more_or_less_leaves_the_others()
    {
        var two = Two(Desired.Cidrs("0.0.0.0/0", "::/0"), Desired.Cidrs());
        var world = new World().UpOrFail(Desired.Usual());

        world.Next(two).Should().OnlyContain(o => o.Contains("wg1", StringComparison.Ordinal));
        world.UpOrFail(two).Next(Desired.Usual()).Should().Equal("delete link wg1");
        world.UpOrFail(Desired.Usual()).Store.Load(World.Name)!.Interfaces.Select(i => i.Ifname).Should().Equal("wg0");
    }

    private static List<string> After(bool userspace, DesiredState change)
    {
        var world = new World().UpOrFail(Desired.Usual(userspace));
        var next = world.Next(change).ToList();
        world.UpOrFail(change).Next(change).Should().BeEmpty();
        return next;
    }

    private static List<string> Drifted(Func<ObservedState, ObservedState> change)
    {
        var world = new World().UpOrFail(Desired.Usual());
        var wanted = world.Picture();
        world.Machine.State = change(world.Machine.State);
        var next = world.Next(Desired.Usual()).ToList();
        if (next.Count > 0)
        {
            world.UpOrFail(Desired.Usual()).Picture().Should().Be(wanted);
        }

        return next;
    }

    private static Func<ObservedState, ObservedState> Link(Func<ObservedLink, ObservedLink> change) =>
        s => s with { Links = [change(s.Links[0])] };

    private static DesiredState Two(ImmutableArray<Cidr> first, ImmutableArray<Cidr> second) => Desired.Usual() with
    {
        Interfaces =
        [
            Desired.Interface("wg0") with { Routes = first },
            Desired.Interface("wg1") with { Routes = second, Addresses = Desired.Cidrs("10.3.0.1/24") },
        ],
    };
}
