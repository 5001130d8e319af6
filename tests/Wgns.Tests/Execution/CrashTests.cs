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
            world.Down().Succeeded.Should().BeTrue();
            world.ShouldBeEmpty();
        }).Should().BeGreaterThan(30);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_down_after_a_killed_up_leaves_nothing(bool userspace) =>
        ForEveryMoment(world => observer => world.Up(Desired.Usual(userspace), observer), world =>
        {
            world.Down().Succeeded.Should().BeTrue();
            world.ShouldBeEmpty();
        });

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
                        world.Down().Succeeded.Should().BeTrue();
                        world.ShouldBeEmpty();
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
                    world.Down().Succeeded.Should().BeTrue();
                    world.ShouldBeEmpty();
                });
        }

        ForEveryMoment(
            world =>
            {
                world.UpOrFail(Desired.Usual(before));
                return observer => world.Up(Desired.Usual(after), observer);
            },
            world =>
            {
                world.Down().Succeeded.Should().BeTrue();
                world.ShouldBeEmpty();
            });
    }

    [Test]
    public void A_restart_of_a_dead_engine_that_is_killed_leaves_no_engine_that_nobody_knows()
    {
        foreach (var up in new[] { true, false })
        {
            ForEveryMoment(
                world =>
                {
                    world.UpOrFail(Desired.Usual(userspace: true));
                    world.Machine.KillEngine(world.Store.Load(World.Name)!.Interface("wg0")!.Engine!.TemporaryName);
                    return observer => world.Up(Desired.Usual(userspace: true), observer);
                },
                world =>
                {
                    if (up)
                    {
                        world.UpOrFail(Desired.Usual(userspace: true)).Next(Desired.Usual(userspace: true)).Should().BeEmpty();
                        world.Machine.Engines.Should().ContainSingle();
                    }

                    world.Down().Succeeded.Should().BeTrue();
                    world.ShouldBeEmpty();
                });
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
            closed.Down().Succeeded.Should().BeTrue();
            closed.ShouldBeEmpty();
        }).Check(FreshUpTests.Quick(300));

    [Test]
    public void A_kill_in_the_middle_of_an_undo_is_recovered_from()
    {
        for (var refused = 0; refused < 20; refused++)
        {
            ForEveryMoment(
                world => observer => new Executor(new RefusingMachine(world.Machine, refused), world.Store, observer)
                    .Apply(world.PlanUp(Desired.Usual(userspace: true))),
                world =>
                {
                    world.Down().Succeeded.Should().BeTrue();
                    world.ShouldBeEmpty();
                });
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

    /// <returns>How many moments there were.</returns>
    private static int ForEveryMoment(Func<World, Action<Wgns.Execution.IRunObserver>> prepare, Action<World> check)
    {
        for (var moment = 0; ; moment++)
        {
            var world = new World();
            var run = prepare(world);
            if (!KillAt.Kills(moment, run))
            {
                return moment;
            }

            check(world);
        }
    }
}
