using Wgns.Observation;
using Wgns.Planning;
using Wgns.Supervision;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Supervision;

public sealed class DriftWordsTests
{
    [Test]
    public void Of_an_engine_that_was_killed_it_is_said_that_it_had_ended()
    {
        var (plan, before) = Killed();

        plan.Steps.Select(s => DriftWords.EndOf(s.Do, before)).OfType<string>().Should().Equal("the engine of wg0 had ended");
        DriftWords.Summary(plan, before).Should().Be("the engine of wg0 had ended, start the embedded engine for wg0, which stands, link /var/run/wireguard/wg0.sock and 1 more");
    }

    [Test]
    public void Of_one_that_hangs_it_is_said_that_it_did_not_answer()
    {
        var (plan, before) = Killed();
        before = before with { Engines = before.Engines.SetItem("wg0", before.Engines["wg0"] with { IsSilent = true }) };

        DriftWords.Summary(plan, before).Should().StartWith("the engine of wg0 did not answer, start");
    }

    [Test]
    public void One_that_runs_and_is_of_no_use_any_more_is_stopped()
    {
        var (plan, before) = Killed();
        before = before with { Engines = before.Engines.SetItem("wg0", new ObservedEngine(4711, true)) };

        DriftWords.Summary(plan, before).Should().StartWith("stop the embedded engine of wg0, start");
    }

    private static (Plan Plan, ObservedState Before) Killed()
    {
        var world = new World().UpOrFail(Desired.Embedded());
        LeftDeviceTests.Kill(world);
        return (world.PlanUp(Desired.Embedded()), world.Observed);
    }
}
