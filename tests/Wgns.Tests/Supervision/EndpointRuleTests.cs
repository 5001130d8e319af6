using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Planning;
using Wgns.Supervision;

namespace Wgns.Tests.Supervision;

public sealed class EndpointRuleTests
{
    private const string Name = "vpn.example:51820";

    [Test]
    public void A_roamed_peer_is_no_drift() =>
        Wanted(Name, "192.0.2.1:51820", there: "203.0.113.5:4000", Rule()).Should().BeNull();

    [Test]
    public void A_new_answer_without_the_current_address_is_followed() =>
        Wanted(Name, "192.0.2.1:51820", there: "203.0.113.5:51820", Rule("vpn.example")).Should().Be(IPEndPoint.Parse("192.0.2.1:51820"));

    [TestCase("192.0.2.2:51820")]
    [TestCase("[::ffff:192.0.2.2]:51820")]
    public void A_new_answer_that_still_holds_the_current_address_moves_nothing(string there) =>
        Wanted(Name, "192.0.2.1:51820", there, Rule("VPN.example")).Should().BeNull();

    [Test]
    public void Another_port_is_another_endpoint() =>
        Wanted(Name, "192.0.2.1:51820", there: "192.0.2.1:51821", EndpointRule.Everything).Should().Be(IPEndPoint.Parse("192.0.2.1:51820"));

    [Test]
    public void A_reload_follows_addresses_and_keeps_what_a_names_answer_holds()
    {
        Wanted("192.0.2.9:1", "192.0.2.9:1", there: "203.0.113.5:1", EndpointRule.Everything).Should().Be(IPEndPoint.Parse("192.0.2.9:1"));
        Wanted("192.0.2.9:1", "192.0.2.9:1", there: "203.0.113.5:1", Rule()).Should().BeNull();
        Wanted(Name, "192.0.2.1:51820", there: "192.0.2.2:51820", EndpointRule.Everything).Should().BeNull();
    }

    [Test]
    public void A_device_without_an_endpoint_gets_the_one_that_is_known() =>
        Wanted(Name, "192.0.2.1:51820", there: null, Rule()).Should().Be(IPEndPoint.Parse("192.0.2.1:51820"));

    [Test]
    public void A_name_that_is_not_known_moves_nothing() =>
        Wanted(Name, null, there: "203.0.113.5:51820", EndpointRule.Everything).Should().BeNull();

    private static EndpointRule Rule(params string[] answered) =>
        new(false, answered.ToImmutableHashSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>What is left of the wanted address; null leaves the device's.</summary>
    private static IPEndPoint? Wanted(string configured, string? resolved, string? there, EndpointRule rule)
    {
        Endpoint.TryParse(configured, out var endpoint, out _).Should().BeTrue();
        var peer = new DesiredPeer(Devices.Key, null, null, endpoint, resolved is null ? null : IPEndPoint.Parse(resolved), 0, []);
        var desired = new DesiredState
        {
            Name = "vpn",
            Source = "/c/vpn.toml",
            Ruleset = string.Empty,
            Directories = [],
            Files = [],
            Interfaces = [new DesiredInterface("vpn", null, 1420, [], [], new DesiredDevice(new KeySource.File("/k"), Devices.KeyOf(9), null, 0, [peer]))],
        };
        IPAddress[] answer = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")];
        return rule.Apply(desired, Devices.With(Devices.Peer(there)), _ => resolved is null ? [] : answer).Interfaces[0].Device.Peers[0].Address;
    }
}
