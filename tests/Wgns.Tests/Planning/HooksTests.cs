using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>When hooks run, and what comes of those that fail.</summary>
public sealed class HooksTests
{
    private static DesiredState WithHooks(bool userspace = false) => Desired.Usual(userspace) with
    {
        Hooks = new HooksConfig
        {
            PreUp = [Hook("pre-up 1"), Hook("pre-up 2", HookPlace.Host)],
            PostUp = [Hook("post-up")],
            PreDown = [Hook("pre-down")],
            PostDown = [Hook("post-down"), Hook("post-down host", HookPlace.Host)],
        },
    };

    private static readonly string[] Up = ["pre-up 1", "pre-up 2", "post-up"];

    private static readonly string[] Down = ["pre-down", "post-down", "post-down host"];

    private static HookCommand Hook(string command, HookPlace where = HookPlace.Namespace) => new(command, where);

    [TestCase(false)]
    [TestCase(true)]
    public void They_stand_around_the_interface_after_the_rules_and_before_the_end(bool userspace)
    {
        var steps = new World().PlanUp(WithHooks(userspace)).Steps.Select(s => s.Do.Describe()).ToList();
        var made = steps.FindIndex(s => s.StartsWith(userspace ? "start wireguard-go" : "create link", StringComparison.Ordinal));

        steps.FindIndex(s => s == "run preUp hook `pre-up 1`").Should().BeGreaterThan(steps.FindIndex(s => s == "load firewall rules")).And.BeLessThan(made);
        steps.Last().Should().Be("run postUp hook `post-up`");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_second_up_runs_none_and_a_down_runs_its_own_without_the_file(bool userspace)
    {
        var world = new World().UpOrFail(WithHooks(userspace));
        world.Machine.Hooks.Should().Equal(Up);
        world.Next(WithHooks(userspace)).Should().BeEmpty();
        world.Machine.Hooks.Clear();

        world.Down().Succeeded.Should().BeTrue();

        world.Machine.Hooks.Should().Equal(Down);
        world.ShouldBeEmpty();
    }

    [Test]
    public void An_interface_that_is_made_anew_gets_them_again()
    {
        var world = new World().UpOrFail(WithHooks(userspace: true));
        world.Machine.KillEngine(world.Machine.Engines.Keys.Single());
        world.Machine.Hooks.Clear();

        world.UpOrFail(WithHooks(userspace: true));

        world.Machine.Hooks.Should().Equal(Up);
    }

    [Test]
    public void An_interface_that_stands_after_its_engine_died_does_not()
    {
        var wanted = WithHooks(userspace: true).With(i => i with { Engine = Desired.Embedded(i.Ifname) });
        var world = new World().UpOrFail(wanted);
        world.Machine.KillEngine(world.Machine.Engines.Keys.Single());
        world.Machine.Hooks.Clear();

        world.UpOrFail(wanted);

        world.Machine.Hooks.Should().BeEmpty();
    }

    [TestCase("pre-up 1", new string[0])]
    [TestCase("pre-up 2", new[] { "post-down", "post-down host" })]
    [TestCase("post-up", new[] { "post-down", "post-down host" })]
    public void One_that_fails_on_the_way_up_takes_everything_back(string failing, string[] undone)
    {
        var world = new World();
        world.Machine.FailingHook = failing;

        world.Up(WithHooks()).Succeeded.Should().BeFalse();

        world.Machine.Hooks.Where(h => !Up.Contains(h)).Should().Equal(undone);
        world.ShouldBeEmpty();
    }

    [TestCase("pre-down")]
    [TestCase("post-down host")]
    public void One_that_fails_on_the_way_down_is_reported_and_stops_nothing(string failing)
    {
        var world = new World().UpOrFail(WithHooks());
        world.Machine.FailingHook = failing;
        world.Machine.Hooks.Clear();

        var result = world.Down();

        result.Failures.Should().ContainSingle().Which.Message.Should().Contain(failing);
        world.Machine.Hooks.Should().Equal(Down);
        world.ShouldBeEmpty();
    }

    [Test]
    public void A_down_that_leaves_the_namespace_for_who_is_inside_runs_them_once()
    {
        var world = new World().UpOrFail(WithHooks());
        world.Machine.State = world.Machine.State with { Processes = [new ObservedProcess(1, "sh")] };
        world.Machine.Hooks.Clear();
        world.Down().Succeeded.Should().BeTrue();
        world.Down().Succeeded.Should().BeTrue();
        world.Machine.Hooks.Should().Equal(Down);

        world.UpOrFail(WithHooks());

        world.Machine.Hooks.Should().Equal([.. Down, .. Up]);
    }

    [Test]
    public void With_the_namespace_gone_only_the_host_s_are_run()
    {
        var world = new World().UpOrFail(WithHooks());
        world.Machine.State = world.Machine.State with { Netns = NetnsPresence.Absent, NetnsIdentity = null, Links = [] };
        world.Machine.Hooks.Clear();

        world.Down().Succeeded.Should().BeTrue();

        world.Machine.Hooks.Should().Equal("post-down host");
    }

    [Test]
    public void After_a_crash_between_them_the_next_up_runs_both_again()
    {
        var world = new World();
        world.Invoking(w => w.Up(WithHooks(), new EndAt("run postUp hook `post-up`"))).Should().Throw<TimeoutException>();
        world.Machine.Hooks.Clear();

        world.UpOrFail(WithHooks());

        world.Machine.Hooks.Should().Equal(Up);
        world.Next(WithHooks()).Should().BeEmpty();
    }

    [Test]
    public void What_a_reload_changes_is_what_the_next_down_runs()
    {
        var world = new World().UpOrFail(WithHooks());
        var changed = WithHooks() with { Hooks = new HooksConfig { PreDown = [Hook("changed")] } };
        world.UpOrFail(changed);
        world.Machine.Hooks.Clear();

        world.Down().Succeeded.Should().BeTrue();

        world.Machine.Hooks.Should().Equal("changed");
    }

    [Test]
    public void A_namespace_without_an_interface_has_them_too()
    {
        var alone = WithHooks() with { Interfaces = [] };
        var world = new World().UpOrFail(alone);

        world.Machine.Hooks.Should().Equal(Up);
        world.Next(alone).Should().BeEmpty();
    }

    [Test]
    public void They_are_written_down_and_read_again()
    {
        var world = new World().UpOrFail(WithHooks());
        var record = world.Store.Load(World.Name)!;

        StateFile.Decode(StateFile.Encode(record), "x").Should().BeEquivalentTo(record, o => o.ComparingRecordsByMembers());
        record.Hooks!.IsPending.Should().BeFalse();
    }

    [Test]
    public void As_a_script_they_are_shell_commands_with_their_names_in_the_environment()
    {
        var script = ShellRenderer.Render(new World().PlanUp(WithHooks() with { Hooks = new HooksConfig { PostUp = [Hook("echo 'a'"), Hook("b", HookPlace.Host)] } }));

        script.Should().Contain("ip netns exec vpn env WGNS_NAMESPACE=vpn WGNS_INTERFACE=wg0 /bin/sh -c 'echo '\\''a'\\'''\n");
        script.Should().Contain("\nWGNS_NAMESPACE=vpn WGNS_INTERFACE=wg0 /bin/sh -c b\n");
    }

    /// <summary>Ends a run as a crash would: nothing after it happens.</summary>
    private sealed class EndAt(string operation) : IRunObserver
    {
        public void Saving(StateRecord? record)
        {
        }

        public void Saved(StateRecord? record)
        {
        }

        public void Starting(Operation starting)
        {
            if (starting.Describe() == operation)
            {
                throw new TimeoutException();
            }
        }

        public void Done(Operation done)
        {
        }
    }
}
