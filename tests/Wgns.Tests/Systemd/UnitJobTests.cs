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
}
