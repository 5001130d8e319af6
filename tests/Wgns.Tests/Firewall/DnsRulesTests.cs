using System.Net;
using System.Text;
using Wgns.Configuration;
using Wgns.Firewall;

namespace Wgns.Tests.Firewall;

public sealed class DnsRulesTests
{
    [Test]
    public void Lookups_that_go_past_the_servers_are_sent_to_the_first_of_their_family()
    {
        var text = Text("dns_server = ['10.0.0.1', '10.0.0.2', 'fd00::1']");

        text.Should().Contain("ip daddr != { 10.0.0.1, 10.0.0.2 } meta l4proto { tcp, udp } th dport 53 counter dnat ip to 10.0.0.1\n");
        text.Should().Contain("ip6 daddr != { fd00::1 } meta l4proto { tcp, udp } th dport 53 counter dnat ip6 to fd00::1\n");
        text.Should().NotContain("no dns_server of this family");
    }

    [Test]
    public void Of_several_tunnels_each_gives_a_lookup_that_is_redirected_its_own_address()
    {
        const string Two = "[[interfaces]]\ninterfaceName = 'a'\nips = ['10.1.0.2/32', '10.1.0.3/32', 'fd01::2/128']\nprivateKeyFile = 'k'\n"
            + "[[interfaces]]\ninterfaceName = 'b'\nips = ['10.2.0.2/32']\nprivateKeyFile = 'k'\n";
        var text = Text("dns_server = ['10.0.0.1', '10.0.0.2', 'fd00::1']\n" + Two);

        text.Split('\n').Where(l => l.Contains("snat", StringComparison.Ordinal)).Select(l => l.Trim()).Should().Equal(
            "oifname \"a\" ip saddr != { 10.1.0.2, 10.1.0.3 } ip daddr 10.0.0.1 meta l4proto { tcp, udp } th dport 53 ct status dnat counter snat ip to 10.1.0.2",
            "oifname \"b\" ip saddr != { 10.2.0.2 } ip daddr 10.0.0.1 meta l4proto { tcp, udp } th dport 53 ct status dnat counter snat ip to 10.2.0.2",
            "oifname \"a\" ip6 saddr != { fd01::2 } ip6 daddr fd00::1 meta l4proto { tcp, udp } th dport 53 ct status dnat counter snat ip6 to fd01::2");
        Text("dns_server = '10.0.0.1'\ndnsEnforcement = 'reject'\n" + Two).Should().NotContain("snat");
        Text("dns_server = '10.0.0.1'\nips = ['10.1.0.2/32']\n").Should().NotContain(DnsRules.SourceChain, "one tunnel alone is the way of all");
    }

    [Test]
    public void A_family_without_a_server_is_refused_at_once()
    {
        var text = Text("dns_server = '10.0.0.1'");

        text.Should().Contain("meta nfproto ipv6 meta l4proto { tcp, udp } th dport 53 counter reject");
        text.Should().NotContain("meta nfproto ipv4").And.NotContain("dnat ip6");
    }

    [Test]
    public void Reject_refuses_every_other_server_over_TLS_too_and_sends_nothing_elsewhere()
    {
        var text = Text("dns_server = '10.0.0.1'\ndnsEnforcement = 'reject'");

        text.Should().Contain("ip daddr != { 10.0.0.1 } meta l4proto { tcp, udp } th dport { 53, 853 } counter reject");
        text.Should().Contain("meta nfproto ipv6 meta l4proto { tcp, udp } th dport { 53, 853 } counter reject");
        text.Should().NotContain("dnat").And.NotContain(DnsRules.RedirectChain);
    }

    [Test]
    public void Off_has_no_rule_about_names()
    {
        var text = Text("dns_server = '10.0.0.1'\ndnsEnforcement = 'off'");

        text.Should().NotContain("53").And.NotContain("dns");
        text.Should().Contain("chain output {");
    }

    [Test]
    public void Without_a_server_nobody_is_asked()
    {
        var text = Text("ips = []");

        text.Should().Contain("meta nfproto ipv4 meta l4proto { tcp, udp } th dport 53 counter reject");
        text.Should().Contain("meta nfproto ipv6 meta l4proto { tcp, udp } th dport 53 counter reject");
        text.Should().NotContain("dnat");
    }

    [TestCase("10.0.0.1", DnsEnforcement.Redirect)]
    [TestCase("127.0.0.1", DnsEnforcement.Off)]
    [TestCase("::1", DnsEnforcement.Off)]
    public void A_resolver_inside_is_not_sent_back_to_itself(string server, DnsEnforcement expected) =>
        Read($"dns_server = '{server}'").DnsEnforcement.Should().Be(expected);

    [Test]
    public void Neighbours_are_not_asked_for_names()
    {
        Text("dns_server = '10.0.0.1'").Should().Contain("th dport { 5353, 5355 } counter reject");
        Text("dns_server = '10.0.0.1'\ndnsEnforcement = 'reject'").Should().Contain("th dport { 5353, 5355 } counter reject");
    }

    [Test]
    public void The_same_server_twice_is_one()
    {
        var server = IPAddress.Parse("10.0.0.1");
        DefaultRuleset.Of(Read(string.Empty) with { DnsServers = [server, server], DnsEnforcement = DnsEnforcement.Redirect }).Text.Should().Contain("ip daddr != { 10.0.0.1 } ");
    }

    private static string Text(string keys) => DefaultRuleset.Of(Read(keys)).Text;

    private static NamespaceConfig Read(string keys) => ConfigurationReader.Read(Encoding.UTF8.GetBytes(keys), "/c/vpn.toml").Config;
}
