using Wgns.Linux.WireGuard;
using Wgns.Supervision;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Supervision;

public sealed class ReadinessTests
{
    private static readonly WireGuardKey A = Parse(Read.KeyA);
    private static readonly WireGuardKey B = Parse(Read.KeyB);

    [TestCase("handshake", true, false, "")]
    [TestCase("handshake", false, true, "")]
    [TestCase("handshake", false, false, "vpn")]
    [TestCase("all", true, true, "")]
    [TestCase("all", true, false, "vpn with b.example:1")]
    [TestCase("all", false, false, "vpn with a.example:1, vpn with b.example:1")]
    [TestCase("configured", false, false, "")]
    public void It_waits_for_what_the_configuration_says(string ready, bool a, bool b, string missing)
    {
        var config = Read.Config($"ready = '{ready}'\n" + Read.WithPeer($"publicKey = '{Read.KeyA}'\nallowedIPs = ['0.0.0.0/0']\nendpoint = 'a.example:1'")
            + Read.Peer($"publicKey = '{Read.KeyB}'\nallowedIPs = ['::/0']\nendpoint = 'b.example:1'"));
        var observed = Devices.With(
            Devices.Peer(key: A, handshake: a ? DateTimeOffset.UnixEpoch : null), Devices.Peer(key: B, handshake: b ? DateTimeOffset.UnixEpoch : null));
        string.Join(", ", Readiness.Missing(config, observed)).Should().Be(missing);
    }

    [Test]
    public void An_interface_that_is_not_there_is_missing_and_one_without_peers_is_not()
    {
        var observed = Devices.With() with { Devices = [] };
        Readiness.Missing(Read.Config(Read.Around(string.Empty)), observed).Should().Equal("vpn");
        Readiness.Missing(Read.Config("ips = ['10.0.0.2/32']\nprivateKeyFile = 'k'"), observed).Should().BeEmpty();
    }

    private static WireGuardKey Parse(string text) => WireGuardKey.TryParse(text, out var key) ? key : throw new FormatException(text);
}
