using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Firewall;

/// <summary>What is routed to one tunnel does not go by another while that one is not there.</summary>
public sealed class TunnelRoutesTests
{
    [Test]
    public void The_offices_networks_are_kept_from_the_tunnel_that_takes_everything_else_the_longest_first()
    {
        var text = Text(["10.0.0.0/8", "10.7.0.0/16", "172.16.0.0/12"], ["0.0.0.0/0", "10.7.8.0/24"]);

        text.Should().StartWith("table inet wgns {\n    chain tunnel_routes {\n        type filter hook postrouting priority filter; policy accept;\n");
        text.Split('\n').Select(l => l.Trim()).Should().ContainInOrder(
            "oifname != { \"office\", \"rest\" } accept",
            "ip daddr { 10.7.8.0/24 } oifname \"rest\" accept",
            "ip daddr { 10.7.8.0/24 } counter drop comment \"of another tunnel\"",
            "ip daddr { 10.7.0.0/16 } oifname \"office\" accept",
            "ip daddr { 10.7.0.0/16 } counter drop comment \"of another tunnel\"",
            "ip daddr { 172.16.0.0/12 } oifname \"office\" accept",
            "ip daddr { 10.0.0.0/8 } oifname \"office\" accept");
    }

    [Test]
    public void Tunnels_that_have_nothing_in_common_need_no_such_rules() =>
        Text(["10.0.0.0/8"], ["172.16.0.0/12", "::/0"]).Should().NotContain(TunnelRoutes.Chain);

    private static string Text(string[] office, string[] rest)
    {
        var config = Read.Config($"""
            dns_server = "10.0.0.1"
            {Interface("office", "10.0.0.2/32", office, Read.KeyA)}
            {Interface("rest", "10.99.0.2/32", rest, Read.KeyB)}
            """);
        return DefaultRuleset.Of(config).Text;
    }

    private static string Interface(string name, string address, string[] networks, string key) => $"""
        [[interfaces]]
        interfaceName = "{name}"
        ips = ["{address}"]
        privateKeyFile = "{name}.key"
        [[interfaces.peers]]
        publicKey = "{key}"
        allowedIPs = [{string.Join(", ", networks.Select(n => $"'{n}'"))}]
        """;
}
