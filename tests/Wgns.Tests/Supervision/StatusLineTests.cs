using Wgns.Supervision;

namespace Wgns.Tests.Supervision;

public sealed class StatusLineTests
{
    [Test]
    public void A_healthy_namespace_takes_three_words() => Line().ToString().Should().Be("vpn is up");

    [Test]
    public void What_is_missing_is_said_before_and_after_it_is_ready()
    {
        (Line() with { IsReady = false, Missing = ["wg0", "wg1"] }).ToString().Should().Be("waiting for a handshake on wg0, wg1");
        (Line() with { Missing = ["wg0"], Unknown = [("vpn.example", "no such name")] }).ToString()
            .Should().Be("vpn is up, without a handshake on wg0; vpn.example cannot be looked up yet (no such name)");
    }

    [Test]
    public void Problems_come_before_what_is_over() =>
        (Line() with { Problem = "it burns", PutBack = "load firewall rules" }).ToString()
            .Should().Be("vpn is up; it burns; had drifted and was put back: load firewall rules");

    private static StatusLine Line() => new("vpn", IsReady: true, [], [], null, null);
}
