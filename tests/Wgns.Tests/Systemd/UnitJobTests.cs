using Wgns.Systemd;

namespace Wgns.Tests.Systemd;

public sealed class UnitJobTests
{
    private const string Listing = """
        1287 wgns@vpn.service       stop    running
        1288 wgns-netns@vpn.service stop    waiting
        1302 wgns@vpn2.service      restart running
        1303 a@my\x2dvpn.service    start   running

        """;

    [TestCase("wgns@vpn.service", "stop")]
    [TestCase("wgns@vpn2.service", "restart")]
    [TestCase("""a@my\x2dvpn.service""", "start")]
    public void A_units_job_is_found_by_its_whole_name(string unit, string type) =>
        UnitJob.TypeOf(unit, Listing).Should().Be(type);

    [TestCase("vpn.service")]
    [TestCase("wgns@vpn")]
    [TestCase("wgns@vpn3.service")]
    [TestCase("stop")]
    public void A_unit_that_ended_by_itself_has_none(string unit) => UnitJob.TypeOf(unit, Listing).Should().BeNull();

    [TestCase("")]
    [TestCase("No jobs running.\n")]
    public void Where_nothing_is_under_way_nothing_has_one(string listing) => UnitJob.TypeOf("wgns@vpn.service", listing).Should().BeNull();

    [TestCase("ActiveState=failed\nSubState=failed\n")]
    [TestCase("SubState=dead\nActiveState=inactive\n")]
    [TestCase("ActiveState=activating\nSubState=auto-restart\n")]
    [TestCase("ActiveState=activating\nSubState=auto-restart-queued\n")]
    public void A_unit_that_failed_or_waits_to_be_restarted_runs_nothing_at_its_stop(string shown) =>
        HasEnded(shown).Should().BeTrue();

    [TestCase("ActiveState=active\nSubState=running\n")]
    [TestCase("ActiveState=activating\nSubState=start\n")]
    [TestCase("ActiveState=reloading\nSubState=reload\n")]
    [TestCase("ActiveState=deactivating\nSubState=stop-post\n")]
    public void A_unit_that_runs_closes_its_tunnel_by_itself(string shown) =>
        HasEnded(shown).Should().BeFalse();

    [Test]
    public void A_state_that_systemd_does_not_tell_is_no_guess()
    {
        var look = () => HasEnded("SubState=dead\n");
        look.Should().Throw<OperationFailedException>().WithMessage("*wgns@vpn.service*");
    }

    [TestCase("ActiveState=inactive\n", true)]
    [TestCase("Job=\nActiveState=inactive\n", true)]
    [TestCase("Job=412\nActiveState=inactive\n", false)]
    [TestCase("ActiveState=failed\n", false)]
    [TestCase("ActiveState=activating\n", false)]
    [TestCase("ActiveState=active\n", false)]
    public void Only_a_unit_that_is_inactive_and_stays_so_was_stopped_for_good(string shown, bool isInactive) =>
        UnitJob.IsInactive("wgns@vpn.service", UnitListing.Properties(shown)).Should().Be(isInactive);

    private static bool HasEnded(string shown) => UnitJob.HasEnded("wgns@vpn.service", UnitListing.Properties(shown));
}
