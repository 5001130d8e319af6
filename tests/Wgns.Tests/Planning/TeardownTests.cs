using Wgns.Configuration;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>Whether a device of the embedded engine is taken away alone, or goes with its netns, which nobody waits for.</summary>
public sealed class TeardownTests
{
    [Test]
    public void Where_the_netns_goes_the_device_goes_with_it() => IsLeftToNetns(Up(), force: false).Should().BeTrue();

    [Test]
    public void Where_somebody_stays_inside_the_device_is_gone_when_down_returns()
    {
        var world = Up();
        world.Machine.State = world.Machine.State with { Processes = [new ObservedProcess(1, "sh")] };

        IsLeftToNetns(world, force: false).Should().BeFalse();
        IsLeftToNetns(world, force: true).Should().BeFalse("its netns lives as long as the process does");
    }

    [Test]
    public void A_hook_that_runs_after_it_finds_no_device() => IsLeftToNetns(Up(s => s with
    {
        Hooks = new HooksConfig { PostDown = [new HookCommand("ip link", HookPlace.Namespace)] },
    }), force: false).Should().BeFalse();

    [Test]
    public void In_somebody_elses_netns_the_device_is_taken_away()
    {
        var world = new World();
        world.Machine.State = world.Machine.State with { Netns = NetnsPresence.Present, NetnsIdentity = new(4, 1) };

        IsLeftToNetns(world.UpOrFail(Wanted() with { IsManaged = false }), force: false).Should().BeFalse();
    }

    [Test]
    public void After_a_crash_between_the_engines_end_and_the_netnss_the_next_up_makes_it_anew()
    {
        var world = Up();
        var picture = world.Picture();
        var stop = Stop(world, force: false);
        world.Machine.Apply(stop, world.Observed.Record!);
        world.Machine.State.Links.Should().ContainSingle(l => l.Ifname == "wg0", "it is left to a netns that is still there");

        world.UpOrFail(Wanted());

        world.Picture().Should().Be(picture);
        world.Down().Succeeded.Should().BeTrue();
        world.ShouldBeEmpty();
    }

    private static World Up(Func<DesiredState, DesiredState>? change = null) => new World().UpOrFail((change ?? (s => s))(Wanted()));

    private static DesiredState Wanted() => Desired.Embedded();

    private static bool IsLeftToNetns(World world, bool force) => Stop(world, force).LeavesDevice;

    private static StopEngine Stop(World world, bool force) =>
        Planner.Down(world.Observed, force).Plan!.Steps.Select(s => s.Do).OfType<StopEngine>().Should().ContainSingle().Subject;
}
