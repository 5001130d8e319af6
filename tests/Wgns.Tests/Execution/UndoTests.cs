using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Execution;
using Wgns.Planning;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Execution;

public sealed class UndoTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void A_failed_first_up_leaves_nothing(bool userspace)
    {
        var steps = new World().PlanUp(Desired.Usual(userspace)).Steps.Length;
        for (var refused = 0; refused < steps; refused++)
        {
            var world = new World();
            var result = ApplyRefusing(world, Desired.Usual(userspace), refused);

            result.Failures.Should().ContainSingle().Which.Message.Should().EndWith("Operation not permitted");
            result.UndoFailures.Should().BeEmpty();
            world.ShouldBeEmpty();
        }
    }

    [Test]
    public void A_failed_change_puts_everything_back_and_the_record_too() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), RandomStates.State.ToArbitrary(), Gen.Choose(0, 30).ToArbitrary(), (a, b, refused) =>
        {
            var (before, after) = (WithEndpoints(a), WithEndpoints(b));
            var world = new World().UpOrFail(before);
            var plan = world.PlanUp(after);
            refused = plan.Steps.IsEmpty ? 0 : refused % plan.Steps.Length;
            if (plan.Steps.IsEmpty)
            {
                return;
            }

            var picture = world.Picture(withPeersSecrets: false);
            var record = StateFile.Encode(world.Store.Load(World.Name)!);
            var result = new Executor(new RefusingMachine(world.Machine, refused), world.Store).Apply(plan);

            result.Succeeded.Should().BeFalse();
            result.UndoFailures.Should().BeEmpty();
            // An interface that was taken down is gone: nobody kept its keys.
            if (!plan.Steps.Take(refused).Any(s => s.Do is StopEngine or DeleteLink))
            {
                world.Picture(withPeersSecrets: false).Should().Be(picture);
                StateFile.Encode(world.Store.Load(World.Name)!).Should().Equal(record);
            }

            world.UpOrFail(before).PlanUp(before).Steps.Should().BeEmpty();
            world.UpOrFail(after).PlanUp(after).Steps.Should().BeEmpty();
            world.Down().Succeeded.Should().BeTrue();
            world.ShouldBeEmpty();
        }).Check(FreshUpTests.Quick(400));

    [Test]
    public void A_failed_restart_of_a_dead_engine_stops_the_new_one_and_not_the_old_pid()
    {
        var steps = 30;
        for (var refused = 0; refused < steps; refused++)
        {
            var world = new World().UpOrFail(Desired.Usual(userspace: true));
            world.Machine.KillEngine(world.Store.Load(World.Name)!.Interface("wg0")!.Engine!.TemporaryName);
            steps = world.PlanUp(Desired.Usual(userspace: true)).Steps.Length;
            ApplyRefusing(world, Desired.Usual(userspace: true), refused).UndoFailures.Should().BeEmpty();

            world.Machine.Engines.Should().BeEmpty();
            world.UpOrFail(Desired.Usual(userspace: true)).Next(Desired.Usual(userspace: true)).Should().BeEmpty();
        }
    }

    [Test]
    public void A_failed_restart_of_a_dead_engine_leaves_its_device_as_it_stood_and_the_next_goes_on()
    {
        var steps = 30;
        for (var refused = 0; refused < steps; refused++)
        {
            var world = new World().UpOrFail(Desired.Embedded());
            world.Machine.KillEngine(world.Machine.Engines.Keys.Single());
            var dead = world.Picture();
            var links = world.Machine.State.Links;
            steps = world.PlanUp(Desired.Embedded()).Steps.Length;
            ApplyRefusing(world, Desired.Embedded(), refused).UndoFailures.Should().BeEmpty();

            world.Machine.Engines.Should().BeEmpty();
            world.Picture().Replace("/var/run/wireguard/wg0.sock", string.Empty, StringComparison.Ordinal)
                .Should().Be(dead.Replace("/var/run/wireguard/wg0.sock", string.Empty, StringComparison.Ordinal));
            world.Machine.State.Links.Should().BeEquivalentTo(links);
            world.UpOrFail(Desired.Embedded()).Next(Desired.Embedded()).Should().BeEmpty();
            world.Machine.State.Links.Single().Ifindex.Should().Be(links.Single().Ifindex);
        }
    }

    [Test]
    public void What_a_failed_change_cannot_put_back_is_said()
    {
        var one = Desired.Peer("one", "0.0.0.0/0");
        LostBy([one.WithPsk("/old")], [one.WithPsk("/new")]).Should().Equal("the keys that wg0 had");
        LostBy([one.WithPsk("/old")], [one]).Should().Equal("the keys that wg0 had");
        LostBy([one.WithPsk("/old")], []).Should().Equal("the keys that wg0 had");
        LostBy([one], [one.WithPsk("/new")]).Should().BeEmpty("it is taken away again");
        LostBy([one.WithPsk("/old")], [one.WithPsk("/old") with { PersistentKeepalive = 7 }]).Should().BeEmpty();
    }

    [Test]
    public void An_interface_that_was_taken_down_for_another_is_said_to_be_lost_by_a_failed_change()
    {
        var world = new World().UpOrFail(Desired.Usual());
        var other = Desired.Usual().With(i => i with { Ifname = "wg1" });

        ApplyRefusing(world, other, world.PlanUp(other).Steps.Length - 1).Lost.Should().Equal("interface wg0");
    }

    private static ImmutableArray<string> LostBy(ImmutableArray<DesiredPeer> before, ImmutableArray<DesiredPeer> after)
    {
        var world = new World().UpOrFail(Desired.Usual().WithPeers([.. before]));
        var changed = Desired.Usual().WithPeers([.. after]).With(i => i with { Mtu = 1300 });
        var result = ApplyRefusing(world, changed, world.PlanUp(changed).Steps.Length - 1);
        result.Succeeded.Should().BeFalse();
        return result.Lost;
    }

    [Test]
    public void Rules_that_were_put_back_are_not_loaded_again_by_the_next_up()
    {
        var world = new World().UpOrFail(Desired.Usual());
        ApplyRefusing(world, Desired.Usual().With(i => i with { Mtu = 1300 }) with { Ruleset = "table inet other { }\n" }, 1);

        world.Machine.State.RulesetListing.Should().Be(Desired.Usual().Ruleset);
        world.Next(Desired.Usual()).Should().BeEmpty();
    }

    [Test]
    public void An_operation_whose_record_could_not_be_written_is_taken_back_too()
    {
        for (var refused = 0; ; refused++)
        {
            var world = new World();
            var result = new Executor(world.Machine, new FullStore(world.Store, refused)).Apply(world.PlanUp(Desired.Usual(userspace: true)));
            if (result.Succeeded)
            {
                refused.Should().BeGreaterThan(3);
                return;
            }

            result.Failures.Should().ContainSingle().Which.Message.Should().Be("No space left on device");
            result.IsUntouched.Should().Be(refused == 0, "only before the first record nothing was done");
            world.ShouldBeEmpty();
        }
    }

    [Test]
    public void A_disk_that_stays_full_is_said_and_is_no_exception()
    {
        var world = new World();
        var executor = new Executor(world.Machine, new FullStore(world.Store, 1, times: 1000));
        var result = executor.Apply(world.PlanUp(Desired.Usual(userspace: true)));

        result.Failures.Should().ContainSingle();
        result.UndoFailures.Should().NotBeEmpty();
        world.Down().Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
    }

    [Test]
    public void An_interrupted_up_is_taken_back()
    {
        var world = new World();
        using var stop = new CancellationTokenSource();
        var result = new Executor(world.Machine, world.Store, new StopAfter(stop, 9)).Apply(world.PlanUp(Desired.Usual()), stop.Token);

        result.Failures.Should().ContainSingle().Which.WasInterrupted.Should().BeTrue();
        world.ShouldBeEmpty();
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_down_goes_on_past_a_failure_keeps_the_record_and_the_next_one_takes_the_rest(bool userspace)
    {
        var steps = Planner.Down(new World().UpOrFail(Desired.Usual(userspace)).Observed).Plan!.Steps.Length;
        steps.Should().BeGreaterThan(5);
        for (var refused = 0; refused < steps; refused++)
        {
            var world = new World().UpOrFail(Desired.Usual(userspace));
            var result = new Executor(new RefusingMachine(world.Machine, refused), world.Store).TearDown(Planner.Down(world.Observed).Plan!);

            result.Failures.Should().ContainSingle();
            world.Store.Names.Should().Equal(World.Name);
            world.Down().Succeeded.Should().BeTrue();
            world.ShouldBeEmpty();
        }
    }

    private static RunResult ApplyRefusing(World world, DesiredState desired, int refused) =>
        new Executor(new RefusingMachine(world.Machine, refused), world.Store).Apply(world.PlanUp(desired));

    // An endpoint can be changed, but not taken away from a live device.
    private static DesiredState WithEndpoints(DesiredState state) => state with
    {
        Interfaces =
        [
            .. state.Interfaces.Select(i => i with
            {
                Device = i.Device with
                {
                    Peers = [.. i.Device.Peers.Select(p => p with { Address = p.Address ?? Desired.Peer("any").Address })],
                },
            }),
        ],
    };

    private sealed class StopAfter(CancellationTokenSource stop, int operations) : IRunObserver
    {
        private int _done;

        public void Saving(Wgns.Observation.StateRecord? record)
        {
        }

        public void Saved(Wgns.Observation.StateRecord? record)
        {
        }

        public void Starting(Operation operation)
        {
        }

        public void Done(Operation operation)
        {
            if (++_done == operations)
            {
                stop.Cancel();
            }
        }
    }
}
