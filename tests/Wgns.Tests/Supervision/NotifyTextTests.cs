using Wgns.Supervision;

namespace Wgns.Tests.Supervision;

public sealed class NotifyTextTests
{
    [Test]
    public void Words_are_those_of_sd_notify()
    {
        NotifyText.Ready("vpn is up").Should().Be("READY=1\nSTATUS=vpn is up");
        NotifyText.Stopping("bye").Should().Be("STOPPING=1\nSTATUS=bye");
        NotifyText.Reloading(TimeSpan.FromSeconds(12.5)).Should().Be("RELOADING=1\nMONOTONIC_USEC=12500000");
        NotifyText.Extend(TimeSpan.FromSeconds(30)).Should().Be("EXTEND_TIMEOUT_USEC=30000000");
    }

    [Test]
    public void A_status_never_begins_another_assignment() =>
        NotifyText.Status("one\nSTOPPING=1\r\ntwo").Should().Be("STATUS=one STOPPING=1 two");

    [TestCase("30000000", null, 15000)]
    [TestCase("30000000", "", 15000)]
    [TestCase("30000000", "77", 15000)]
    [TestCase("1", "77", 1)]
    [TestCase("1999", "77", 1)]
    public void The_watchdog_is_pinged_at_half_its_patience_where_it_is_ours(string usec, string? pid, int milliseconds) =>
        NotifyText.WatchdogPause(usec, pid, 77).Should().Be(TimeSpan.FromMilliseconds(milliseconds));

    [TestCase("30000000", "78")]
    [TestCase(null, "77")]
    [TestCase("", null)]
    [TestCase("0", null)]
    [TestCase("-1", null)]
    [TestCase("soon", null)]
    [TestCase("18446744073709551615", null)]
    public void Without_a_watchdog_of_ours_nothing_is_pinged(string? usec, string? pid) =>
        NotifyText.WatchdogPause(usec, pid, 77).Should().BeNull();
}
