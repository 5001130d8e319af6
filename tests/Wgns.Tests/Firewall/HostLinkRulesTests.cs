using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Tests.Configuration;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Firewall;

public sealed class HostLinkRulesTests
{
    [Test]
    public void Without_a_link_the_rules_are_those_that_they_were() =>
        Text("").Should().NotContain("host").And.StartWith("table inet wgns {\n    chain input {\n");

    [Test]
    public void What_is_for_the_link_is_decided_before_anything_else_may_let_it_in_or_out()
    {
        var lines = Text("hostLink = {}").Split('\n').Select(l => l.Trim()).ToList();

        lines.IndexOf("iifname \"host0\" jump host_link").Should().BeLessThan(lines.IndexOf("ct state established,related accept")).And.BePositive();
        lines.Should().ContainInOrder("iifname \"host0\" jump host_link", "iifname \"host0\" counter drop comment \"not let in by the host link\"");
        lines.Should().ContainInOrder(
            "type filter hook output priority filter; policy accept;",
            "oifname \"host0\" jump host_link_out",
            "oifname != { \"lo\", \"host0\" } ip daddr { 198.18.0.0/15 } counter reject comment \"of the host link\"",
            "jump dns");
        lines.Should().ContainInOrder(
            "iif \"lo\" accept",
            "iifname != \"host0\" ip saddr { 198.18.0.0/15 } counter drop comment \"not by the host link\"",
            "iifname != \"host0\" ip daddr { 198.18.0.0/15 } counter drop comment \"not by the host link\"",
            "ct state established,related accept");
        lines.Should().Contain("meta nfproto ipv6 counter drop", "a link that has no IPv6 carries none");
    }

    [Test]
    public void Nobody_inside_speaks_to_himself_in_the_name_of_the_host()
    {
        Text("hostLink = { hostAddresses = ['10.9.0.1/30', 'fd31::1/126'], nsAddresses = ['10.9.0.2/30', 'fd31::2/126'] }")
            .Split('\n').Select(l => l.Trim()).Should().ContainInOrder(
                "oif \"lo\" ip saddr { 10.9.0.1 } counter drop comment \"in the name of the host\"",
                "oif \"lo\" ip6 saddr { fd31::1 } counter drop comment \"in the name of the host\"",
                "oifname \"host0\" jump host_link_out");
        Text("hostLink = {}").Should().NotContain("in the name of the host", "a link that wgns numbers has IPv4 alone");
    }

    [Test]
    public void Published_ports_come_in_and_no_other()
    {
        Text("hostLink = {}").Should().NotContain("tcp dport {");
        Text("hostLink = {}\npublish = [{ listen = 8112 }, { listen = 80, connect = 8080 }, { listen = '/run/x.sock', connect = '/run/y.sock' }]")
            .Should().Contain("        tcp dport { 8080, 8112 } accept\n");
    }

    [Test]
    public void The_hosts_table_lets_answers_in_forwards_nothing_and_keeps_its_addresses()
    {
        var text = HostEndRules.Text("wgns_0", "vpn", "wgh-vpn", Desired.Cidrs("10.9.0.1/30", "fe80::1/64"), Desired.Cidrs("10.9.0.2/30", "fe80::2/64"));

        text.Should().Contain("iifname != { \"lo\", \"wgh-vpn\" } ip saddr { 10.9.0.2, 10.9.0.3 } counter drop")
            .And.Contain("iifname != { \"lo\", \"wgh-vpn\" } ip daddr { 10.9.0.1, 10.9.0.3 } counter drop")
            .And.Contain("type filter hook prerouting priority raw; policy accept;\n        iifname != \"wgh-vpn\" accept\n")
            .And.Contain("ip6 saddr != { fe80::2 } counter drop")
            .And.Contain("ct direction reply ct state established accept")
            .And.Contain("iifname \"wgh-vpn\" counter drop\n        oifname \"wgh-vpn\" counter drop")
            .And.NotContain("ip6 daddr { fe80", "every link has those addresses")
            .And.NotContain("new");
    }

    private static string Text(string keys) => DefaultRuleset.Of(Read.Config(Read.Around(keys))).Text;
}
