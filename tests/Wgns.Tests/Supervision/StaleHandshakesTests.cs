using Wgns.Supervision;

namespace Wgns.Tests.Supervision;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StaleHandshakesTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly StaleHandshakes _stale = new();

    [Test]
    public void A_peer_that_is_sent_to_and_says_nothing_is_stale_136_seconds_after_its_handshake()
    {
        Look(60, rx: 10, tx: 10).Should().BeFalse();
        Look(134, rx: 10, tx: 20).Should().BeFalse("it may be between two handshakes yet");
        Look(136, rx: 10, tx: 30).Should().BeTrue();
    }

    [Test]
    public void An_idle_peer_is_not_stale_however_old_its_handshake()
    {
        Look(1000, rx: 10, tx: 10);
        Look(9000, rx: 10, tx: 10).Should().BeFalse();
    }

    [Test]
    public void A_peer_that_answers_is_not_stale()
    {
        Look(1000, rx: 10, tx: 10);
        Look(1060, rx: 11, tx: 20).Should().BeFalse();
    }

    [Test]
    public void A_clock_that_was_set_back_since_the_handshake_does_not_hide_a_peer_that_is_silent()
    {
        Look(-100_000, rx: 10, tx: 10).Should().BeFalse();
        Look(-99_940, rx: 10, tx: 20).Should().BeTrue();
        Look(-99_880, rx: 11, tx: 30).Should().BeFalse();
    }

    [Test]
    public void The_first_look_knows_nothing_of_growth() => Look(1000, rx: 0, tx: 500).Should().BeFalse();

    [Test]
    public void One_that_never_shook_hands_is_stale_when_it_is_sent_to()
    {
        _stale.Look(Devices.With(Devices.Peer(tx: 148)), Then);
        _stale.Look(Devices.With(Devices.Peer(tx: 296)), Then.AddMinutes(1)).Should().Equal(Devices.Key);
    }

    [Test]
    public void An_engine_that_was_started_anew_counts_from_nothing()
    {
        Look(1000, rx: 500, tx: 500);
        Look(1060, rx: 0, tx: 148).Should().BeFalse();
        Look(1120, rx: 0, tx: 296).Should().BeTrue();
    }

    private bool Look(int seconds, ulong rx, ulong tx) =>
        _stale.Look(Devices.With(Devices.Peer(handshake: Then, rx: rx, tx: tx)), Then.AddSeconds(seconds)).Count > 0;
}
