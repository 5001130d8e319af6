using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Tests.Supervision;
using Wgns.Verification;

namespace Wgns.Tests.Verification;

/// <summary>How old a tunnel's last handshake is, as `verify` judges it.</summary>
public sealed class HandshakeCheckTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddYears(56);

    [TestCase(10, 25, Outcome.Ok, "10 s ago")]
    [TestCase(180, 25, Outcome.Ok, "180 s ago")]
    [TestCase(181, 25, Outcome.Failed, "the last was 181 s ago, and there should be one every two minutes")]
    [TestCase(181, 0, Outcome.Ok, "181 s ago; it is idle")]
    [TestCase(-5, 25, Outcome.Ok, "0 s ago")]
    [TestCase(-6, 25, Outcome.Failed, "the last was in the future: the clock was set back, and there should be one every two minutes")]
    [TestCase(-3600, 0, Outcome.Ok, "in the future: the clock was set back; it is idle")]
    public void One_of_a_time_to_come_is_not_one_of_now(int age, int keepalive, Outcome outcome, string said)
    {
        var finding = Of(Peer(1, age, keepalive));

        (finding.Outcome, finding.Reason).Should().Be((outcome, said));
        (finding.Cure?.Contains("clock", StringComparison.Ordinal) ?? false).Should().Be(outcome == Outcome.Failed && age < 0);
    }

    [TestCase(10, Outcome.Ok)]
    [TestCase(181, Outcome.Failed)]
    public void With_one_of_another_peer_that_is_new_the_tunnel_works(int age, Outcome outcome) =>
        Of(Peer(1, -3600, 25), Peer(2, age, 25)).Outcome.Should().Be(outcome);

    private static WireGuardPeer Peer(byte number, int age, int keepalive) =>
        Devices.Peer(key: Devices.KeyOf(number), handshake: s_now.AddSeconds(-age), keepalive: (ushort)keepalive);

    private static Finding Of(params WireGuardPeer[] peers)
    {
        var observed = Devices.With(peers);
        return Checks.Handshake("tunnel vpn", observed.Devices["vpn"], new Evidence { Observed = observed, Later = observed, Now = s_now });
    }
}
