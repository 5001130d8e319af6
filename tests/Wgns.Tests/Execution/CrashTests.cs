using FsCheck;
using FsCheck.Fluent;
using Wgns.Execution;
using Wgns.Planning;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Execution;

/// <summary>kill -9 in the middle of a run, at every place where it can come.</summary>
public sealed class CrashTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void An_up_after_a_killed_up_makes_what_an_undisturbed_one_makes(bool userspace)
    {
        var wanted = new World().UpOrFail(Desired.Usual(userspace)).Picture();
        ForEveryMoment(world => observer => world.Up(Desired.Usual(userspace), observer), world =>
        {
            world.UpOrFail(Desired.Usual(userspace));
            world.Picture().Should().Be(wanted);
            world.Next(Desired.Usual(userspace)).Should().BeEmpty();
            DownLeavesNothing(world);
        }).Should().BeGreaterThan(30);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_down_after_a_killed_up_leaves_nothing(bool userspace) =>
        ForEveryMoment(world => observer => world.Up(Desired.Usual(userspace), observer), DownLeavesNothing);

    [TestCase(false)]
    [TestCase(true)]
    public void A_down_after_a_killed_down_leaves_nothing_and_an_up_makes_all_again(bool userspace)
    {
        var wanted = new World().UpOrFail(Desired.Usual(userspace)).Picture();
        foreach (var downAgain in new[] { true, false })
        {
            ForEveryMoment(
                world =>
                {
                    world.UpOrFail(Desired.Usual(userspace));
                    return observer => world.Down(observer: observer);
                },
                world =>
                {
                    if (downAgain)
                    {
                        DownLeavesNothing(world);
                    }

                    world.UpOrFail(Desired.Usual(userspace)).Picture().Should().Be(wanted);
                });
        }
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void A_change_of_engine_that_is_killed_can_be_finished_taken_back_or_taken_down(bool before, bool after)
    {
        foreach (var last in new[] { before, after })
        {
            ForEveryMoment(
                world =>
                {
                    world.UpOrFail(Desired.Usual(before));
                    return observer => world.Up(Desired.Usual(after), observer);
                },
                world =>
                {
                    world.UpOrFail(Desired.Usual(last));
                    world.Picture().Should().Be(new World().UpOrFail(Desired.Usual(last)).Picture());
                    world.Next(Desired.Usual(last)).Should().BeEmpty();
                    DownLeavesNothing(world);
                });
        }

        ForEveryMoment(
            world =>
            {
                world.UpOrFail(Desired.Usual(before));
                return observer => world.Up(Desired.Usual(after), observer);
            },
            DownLeavesNothing);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_restart_of_a_dead_engine_that_is_killed_leaves_no_engine_that_nobody_knows(bool embedded)
    {
        foreach (var up in new[] { true, false })
        {
            ForEveryMoment(
                world =>
                {
                    world.UpOrFail(Wanted());
                    world.Machine.KillEngine(world.Store.Load(World.Name)!.Interface("wg0")!.Engine!.TemporaryName);
                    return observer => world.Up(Wanted(), observer);
                },
                world =>
                {
                    if (up)
                    {
                        world.UpOrFail(Wanted()).Next(Wanted()).Should().BeEmpty();
                        world.Machine.Engines.Should().ContainSingle();
                    }

                    DownLeavesNothing(world);
                });
        }

        DesiredState Wanted() => embedded ? Desired.Embedded() : Desired.Usual(userspace: true);
    }

    [Test]
    public void From_any_configuration_to_any_other_with_the_engines_killed_too_it_is_recovered_from() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), RandomStates.State.ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (a, b, moment) =>
        {
            World Killed()
            {
                var world = new World().UpOrFail(a);
                KillEngines(world);
                KillAt.Kills(moment, observer => world.Up(b, observer));
                KillEngines(world);
                return world;
            }

            foreach (var wanted in new[] { a, b })
            {
                var world = Killed().UpOrFail(wanted);
                world.PlanUp(wanted).Steps.Should().BeEmpty();
                Links(world).Should().Equal(Links(new World().UpOrFail(wanted)));
            }

            DownLeavesNothing(Killed());
        }).Check(FreshUpTests.Quick(300));

    private static IEnumerable<string> Links(World world) =>
        from link in world.Observed.Links
        let addresses = string.Join(' ', link.Addresses.Select(a => a.ToString()).Order(StringComparer.Ordinal))
        let routes = string.Join(' ', link.Routes.Select(r => r.Destination.ToString()).Distinct().Order(StringComparer.Ordinal))
        orderby link.Ifname
        select $"{link.Ifname} {link.Kind} {link.Mtu} {link.IsUp} {addresses} {routes} {world.Observed.Devices.GetValueOrDefault(link.Ifname)?.Peers.Length}";

    private static void KillEngines(World world)
    {
        foreach (var engine in world.Machine.Engines.Keys)
        {
            world.Machine.KillEngine(engine);
        }
    }

    [Test]
    public void From_any_configuration_to_any_other_a_kill_at_any_moment_is_recovered_from() =>
        Prop.ForAll(RandomStates.State.ToArbitrary(), RandomStates.State.ToArbitrary(), Gen.Choose(0, 60).ToArbitrary(), (a, b, moment) =>
        {
            World Killed()
            {
                var world = new World().UpOrFail(a);
                KillAt.Kills(moment, observer => world.Up(b, observer));
                return world;
            }

            Killed().UpOrFail(b).PlanUp(b).Steps.Should().BeEmpty();
            Killed().UpOrFail(a).PlanUp(a).Steps.Should().BeEmpty();
            var closed = Killed();
            DownLeavesNothing(closed);
        }).Check(FreshUpTests.Quick(300));

    [Test]
    public void A_kill_in_the_middle_of_an_undo_is_recovered_from()
    {
        for (var refused = 0; refused < 20; refused++)
        {
            ForEveryMoment(
                world => observer => new Executor(new RefusingMachine(world.Machine, refused), world.Store, observer)
                    .Apply(world.PlanUp(Desired.Usual(userspace: true))),
                DownLeavesNothing);
        }
    }

    [Test]
    public void An_intent_is_written_before_the_first_operation()
    {
        var world = new World();
        KillAt.Kills(2, observer => world.Up(Desired.Usual(userspace: true), observer)).Should().BeTrue();

        var record = world.Store.Load(World.Name)!;
        record.Netns.Should().BeNull();
        record.Files.Should().HaveCount(2);
        record.Interfaces.Should().ContainSingle().Which.Engine!.TemporaryName.Should().StartWith("wgns-");
        world.Machine.State.Netns.Should().Be(Wgns.Observation.NetnsPresence.Absent);
    }

    private static int ForEveryMoment(Func<World, Action<IRunObserver>> prepare, Action<World> check) =>
        KillAt.EveryMoment(() => new World(), prepare, check);

    private static void DownLeavesNothing(World world)
    {
        world.Down().Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
    }
}
