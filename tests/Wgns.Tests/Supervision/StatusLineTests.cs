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
            .Should().Be("vpn is not as described; it burns; had drifted and was put back: load firewall rules");

    [TestCase(true)]
    [TestCase(false)]
    public void While_something_fails_nothing_is_said_of_it_that_was_seen_before(bool isReady) =>
        (Line() with { IsReady = isReady, Missing = ["wg0"], Problem = "it burns" }).ToString().Should().Be("vpn is not as described; it burns");

    [Test]
    public void With_a_configuration_that_is_refused_it_is_up_as_the_old_one_says() =>
        (Line() with { Refused = "the new configuration is wrong, the old one stays" }).ToString()
            .Should().Be("vpn is up; the new configuration is wrong, the old one stays");

    private static StatusLine Line() => new("vpn", IsReady: true, [], [], null, null);
}
