using Wgns.Execution;
using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Tests.Execution;

namespace Wgns.Tests.Planning;

/// <summary>A netns that systemd made, and that goes only when its unit says so.</summary>
public sealed class HoldTests
{
    private const string Unit = "wgns-netns@vpn.service";
    private static readonly Holding Fresh = new(Unit, new NetnsIdentity(4, 77), IsMachines: false, []);

    [Test]
    public void Hold_closes_the_namespace_in_the_order_that_up_does_and_makes_no_interface()
    {
        var plan = Planner.Hold(Desired.Usual(), new World().Observed, Fresh).Plan!;

        plan.Steps.Select(s => s.Do.Describe()).Take(5).Should().Equal("name this network namespace vpn", "bring up lo", "set net/ipv4/ip_forward to 0", "set net/ipv6/conf/all/forwarding to 0", "load firewall rules");
        plan.Steps.Skip(5).Should().OnlyContain(s => s.Do is CreateDirectory || s.Do is WriteFile);
    }

    [Test]
    public void A_later_up_makes_only_the_interfaces_and_down_leaves_what_was_held()
    {
        var world = Held();
        var closed = world.Picture();

        world.Next(Desired.Usual()).Should().NotContain(["create namespace vpn", "load firewall rules"]).And.NotBeEmpty();
        world.UpOrFail(Desired.Usual()).Next(Desired.Usual()).Should().BeEmpty();
        world.Down(force: true).Succeeded.Should().BeTrue();

        world.Picture().Should().Be(closed);
        world.Observed.Record!.Holder.Should().Be(Unit);
    }

    [Test]
    public void Release_takes_everything_with_the_tunnel_that_is_still_open()
    {
        var world = Held().UpOrFail(Desired.Usual());

        Release(world).Succeeded.Should().BeTrue();

        world.ShouldBeEmpty();
    }

    [Test]
    public void Release_leaves_alone_what_up_made_and_what_another_holds()
    {
        var up = new World().UpOrFail(Desired.Usual());
        Planner.Release(up.Observed, null).Obstacles.Should().ContainSingle().Which.Hint.Should().Contain("wgns down vpn");
        Planner.Release(Held().Observed, "another.service").Obstacles.Should().ContainSingle()
            .Which.Message.Should().Be($"namespace vpn is held by {Unit}");
        Planner.Release(new World().Observed, Unit).Plan!.IsEmpty.Should().BeTrue();
    }

    [Test]
    public void A_second_hold_of_the_same_has_nothing_to_do_and_leaves_the_tunnel()
    {
        var world = Held().UpOrFail(Desired.Usual());
        var again = Fresh with { Own = world.Observed.NetnsIdentity!.Value, OpenLinks = ["wg0"] };

        var plan = Planner.Hold(Desired.Usual(), world.Observed, again).Plan!;

        plan.IsEmpty.Should().BeTrue();
        new Executor(world.Machine, world.Store).Apply(plan).Succeeded.Should().BeTrue();
        world.Next(Desired.Usual()).Should().BeEmpty();
    }

    [Test]
    public void A_namespace_that_is_up_or_held_already_is_an_obstacle()
    {
        var up = new World().UpOrFail(Desired.Usual());
        Obstacle(up, Fresh).Hint.Should().Contain("wgns down vpn");
        Obstacle(Held(), Fresh).Message.Should().Be($"namespace vpn is held by {Unit} already");
        var theirs = new World();
        theirs.Machine.State = theirs.Machine.State with { Netns = NetnsPresence.Present, NetnsIdentity = new NetnsIdentity(4, 9) };
        Obstacle(theirs, Fresh).Message.Should().Contain("was not made by wgns");
    }

    [Test]
    public void The_machines_own_netns_and_one_with_another_way_out_are_never_held()
    {
        Obstacle(new World(), Fresh with { IsMachines = true }).Message.Should().Contain("the machine's own");
        Obstacle(new World(), Fresh with { OpenLinks = ["eth0"] }).Message.Should().EndWith("other ways out: eth0");
    }

    [Test]
    public void Where_the_held_name_was_taken_away_up_makes_no_second_namespace()
    {
        var world = Held();
        world.Machine.State = new ObservedState { Name = World.Name };

        Planner.Up(Desired.Usual(), world.Observed).Obstacles.Should().ContainSingle()
            .Which.Message.Should().Be($"{Unit} holds namespace vpn, but its name was taken away");
        Planner.Up(Desired.Usual(), world.Observed, adopt: true).Plan.Should().BeNull();
        Release(world).Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
    }

    [Test]
    public void A_hold_that_fails_anywhere_leaves_nothing_half_built()
    {
        var steps = Planner.Hold(Desired.Usual(), new World().Observed, Fresh).Plan!.Steps.Length;
        for (var refused = 0; refused < steps; refused++)
        {
            var world = new World();
            var plan = Planner.Hold(Desired.Usual(), world.Observed, Fresh).Plan!;

            new Executor(new RefusingMachine(world.Machine, refused), world.Store).Apply(plan).Succeeded.Should().BeFalse();

            world.ShouldBeEmpty();
        }
    }

    private static World Held()
    {
        var world = new World();
        new Executor(world.Machine, world.Store).Apply(Planner.Hold(Desired.Usual(), world.Observed, Fresh).Plan!).Succeeded.Should().BeTrue();
        return world;
    }

    private static RunResult Release(World world) =>
        new Executor(world.Machine, world.Store).TearDown(Planner.Release(world.Observed, Unit).Plan!);

    private static Obstacle Obstacle(World world, Holding holding) =>
        Planner.Hold(Desired.Usual(), world.Observed, holding).Obstacles.Should().ContainSingle().Subject;
}
