using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Nftables;
using Wgns.Tests.Configuration;
using Wgns.Tests.Planning;

namespace Wgns.Tests.Firewall;

public sealed class LinkPortsTests
{
    private static readonly (string Ifname, Cidr Address)[] s_links =
    [
        ("lo", Of("127.0.0.1/8")), ("lan0", Of("192.0.2.2/24")), ("lan0", Of("2001:db8::2/64")), ("lan1", Of("198.51.100.2/24")),
        ("wgh-vpn", Of("10.9.0.1/30")), ("wgh-other", Of("198.18.0.1/30")),
    ];

    [Test]
    public void An_address_is_reached_by_the_link_that_has_it_and_no_address_by_every_link_with_one_of_the_family()
    {
        Links("listen = '192.0.2.2:80'").Should().Equal("lan0");
        Links("listen = '0.0.0.0:80'").Should().Equal("lan0", "lan1");
        Links("listen = '[::]:80'").Should().Equal("lan0");
        Links("listen = '192.0.2.99:80'").Should().BeEmpty("nobody has it yet");
    }

    [Test]
    public void The_rules_send_on_what_is_for_the_port_and_forward_that_before_they_drop_the_rest()
    {
        var lines = Text("listen = '192.0.2.2:80'\nconnect = 8080\nprotocol = 'udp'");

        lines.Should().ContainInOrder(
            "iifname { \"lan0\" } oifname \"wgh-vpn\" ip daddr 10.9.0.2 udp dport 8080 ct direction original ct status dnat ct state new,established accept",
            "iifname \"wgh-vpn\" counter drop",
            "oifname \"wgh-vpn\" counter drop",
            "#closed",
            "iifname { \"lan0\" } ip daddr 192.0.2.2 udp dport 80 counter dnat ip to 10.9.0.2:8080",
            "oifname \"wgh-vpn\" ct status dnat masquerade");
        Text("listen = '[::]:80'").Should().Contain("iifname { \"lan0\" } meta nfproto ipv6 fib daddr type local tcp dport 80 counter dnat ip6 to [fd09::2]:80");
        Text("listen = 80").Should().NotContain(l => l.Contains("dnat", StringComparison.Ordinal));
    }

    [TestCase("0.0.0.0:80", "192.0.2.2:80", "192.0.2.2:80", false, true, "it came when nothing led inside")]
    [TestCase("192.0.2.2:80", "192.0.2.2:80", "192.0.2.2:80", false, true, "and so did this")]
    [TestCase("192.0.2.2:80", "192.0.2.3:80", "192.0.2.3:80", false, false, "it is for another address")]
    [TestCase("0.0.0.0:80", "192.0.2.2:80", "10.9.0.2:8080", true, false, "it is as it should be")]
    [TestCase("0.0.0.0:80", "192.0.2.2:80", "10.9.0.2:8080", false, true, "it came while there was no link, and nobody answers by it")]
    [TestCase("0.0.0.0:80", "192.0.2.2:80", "10.9.0.2:8081", true, true, "it came when the port led elsewhere inside")]
    [TestCase("0.0.0.0:80", "203.0.113.1:80", "203.0.113.1:80", true, false, "the host is a router, and masquerades for somebody else")]
    [TestCase("0.0.0.0:80", "203.0.113.1:80", "203.0.113.1:80", false, false, "the host, or who it routes for, asks another")]
    [TestCase("0.0.0.0:80", "127.0.0.1:80", "127.0.0.1:80", false, false, "the host talks to itself")]
    [TestCase("0.0.0.0:80", "192.0.2.2:80", "172.17.0.2:80", false, false, "somebody else leads it elsewhere")]
    public void A_conversation_over_UDP_that_leads_by_the_rules_of_before_is_told_from_others(string listen, string to, string answerer, bool isMasqueraded, bool isPassedBy, string why) =>
        Ports($"listen = '{listen}'\nconnect = 8080\nprotocol = 'udp'")!.Ports.Single()
            .IsPassedBy(new UdpFlow(IPEndPoint.Parse(to), IPEndPoint.Parse(answerer), isMasqueraded)).Should().Be(isPassedBy, why);

    private static ImmutableArray<string> Links(string entry) => Ports(entry) is { } ports ? [.. ports.Links(false), .. ports.Links(true)] : [];

    private static LinkPorts? Ports(string entry) => LinkPorts.Of(Config(entry), Desired.Cidrs("10.9.0.2/30", "fd09::2/126"), s_links);

    private static List<string> Text(string entry) =>
        [.. HostEndRules.Text("t", "vpn", "wgh-vpn", Desired.Cidrs("10.9.0.1/30"), Desired.Cidrs("10.9.0.2/30"), Ports(entry)).Split('\n').Select(l => l.Trim())];

    private static NamespaceConfig Config(string entry) => Read.Config(
        Read.Around("hostLink = { hostAddresses = ['10.9.0.1/30', 'fd09::1/126'], nsAddresses = ['10.9.0.2/30', 'fd09::2/126'] }")
        + $"[[publish]]\n{entry}\n{(entry == "listen = 80" ? string.Empty : "from = 'lan'\nvia = 'link'\n")}");

    private static Cidr Of(string text) => Desired.Cidrs(text)[0];
}
