using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Firewall;

/// <summary>The rules in a namespace that has links of its maker's.</summary>
public sealed class SharedRulesTests
{
    [Test]
    public void A_namespace_of_our_own_has_none_of_it()
    {
        SharedRules.Of(Config("managed = true")).Should().BeNull();
        Text("managed = true").Should().NotContain(SharedRules.Chain).And.NotContain("#");
    }

    [Test]
    public void Other_links_are_let_be_and_nothing_passes_between_them_and_ours()
    {
        var text = Text("managed = false\nhostLink = { enable = true }");

        text.Should().Contain("iifname != { \"vpn\", \"host0\" } accept")
            .And.Contain("iifname != { \"vpn\", \"host0\" } oifname != { \"vpn\", \"host0\" } accept")
            .And.Contain("oifname != { \"lo\", \"vpn\", \"host0\" } jump other_links");
        text.Split('\n').Count(l => l.Contains("policy drop", StringComparison.Ordinal)).Should().Be(2, "of input and forward");
    }

    [TestCase("0.0.0.0/0", "        counter reject comment \"not by the tunnel\"\n")]
    [TestCase("128.0.0.0/1", "        counter reject comment \"not by the tunnel\"\n")]
    [TestCase("10.0.0.0/8', 'fd00::/8", "        ip daddr { 10.0.0.0/8 } counter reject comment \"not by the tunnel\"\n        ip6 daddr { fd00::/8 } counter reject")]
    public void What_the_tunnel_carries_is_kept_from_the_others(string allowed, string rule) =>
        Text("managed = false", allowed).Should().Contain(rule);

    [Test]
    public void Nobody_inside_speaks_to_himself_in_the_name_of_another_before_answers_are_let_out() =>
        Text("managed = false").Split('\n').Select(l => l.Trim()).Should().ContainInOrder(
            "type filter hook output priority filter; policy accept;",
            "oif \"lo\" meta nfproto ipv6 fib saddr type != local counter drop comment \"in the name of another\"",
            "ip6 saddr != :: ct direction original fib saddr type != local counter drop comment \"in the name of another\"",
            "jump dns",
            "oifname != { \"lo\", \"vpn\" } jump other_links");

    [Test]
    public void Nothing_leaves_by_another_link_with_the_tunnels_address_not_even_an_answer() =>
        Text("managed = false").Split('\n').Select(l => l.Trim()).Should().ContainInOrder(
            "chain other_links {",
            "ip saddr { 10.0.0.2 } counter reject comment \"in the name of the tunnel\"",
            "ct direction reply ct state established,related accept");

    [Test]
    public void A_lookup_that_is_redirected_is_judged_by_the_way_that_it_has_then_and_has_the_tunnels_address_there() =>
        Text("managed = false\nhostLink = { enable = true }").Split('\n').Select(l => l.Trim()).Should().ContainInOrder(
            "chain other_links {",
            "ip daddr 10.0.0.1 meta l4proto { tcp, udp } th dport 53 ct status dnat return",
            "ip saddr { 10.0.0.2 } counter reject comment \"in the name of the tunnel\"",
            "chain other_links_dns {",
            "iif != 0 accept",
            "oifname { \"lo\", \"vpn\" } accept",
            "ip daddr 10.0.0.1 meta l4proto { tcp, udp } th dport 53 ct status dnat counter drop comment \"not by the tunnel\"",
            "chain dns_source {",
            "oifname \"vpn\" ip saddr != { 10.0.0.2 } ip daddr 10.0.0.1 meta l4proto { tcp, udp } th dport 53 ct status dnat counter snat ip to 10.0.0.2");

    [TestCase("dnsEnforcement = 'reject'", "0.0.0.0/0")]
    [TestCase("dnsEnforcement = 'redirect'", "10.77.0.0/16")]
    public void Where_none_is_redirected_into_the_tunnel_there_is_no_such_rule(string mode, string allowed) =>
        Text($"managed = false\n{mode}", allowed).Should().NotContain("other_links_dns").And.NotContain("ct status dnat return");

    [TestCase("add rule inet wgns input tcp dport 1 accept")]
    [TestCase("insert rule inet wgns other_links ip daddr 10.88.0.0/16 accept; add rule inet wgns input udp dport 2 accept")]
    [TestCase("table inet wgns {\n  chain mine {\n    type filter hook input priority 0;\n  }\n}\nadd set inet wgns s { type ipv4_addr; }")]
    [TestCase("define lan = 10.0.0.0/8\n# table ip x")]
    public void Extra_rules_may_add_to_our_table(string rules) => Errors(rules).Should().BeEmpty();

    [TestCase("table ip mine { }", "table ip mine", 1)]
    [TestCase("add rule inet wgns input accept\n\nadd table inet other", "add table inet other", 3)]
    [TestCase("table inet wgns { }; table inet other { }", "table inet other", 1)]
    [TestCase("table inet wgns { }\ninclude \"/etc/rules\"", "include", 2)]
    [TestCase("delete table ip theirs", "delete table ip theirs", 1)]
    public void Extra_rules_for_another_table_are_an_error_at_their_place(string rules, string command, int line) =>
        Errors(rules).Should().ContainSingle().Which.Should().StartWith($"/c/vpn.toml:{line + 2}:").And.Contain($"\"{command}\" is not of table inet wgns");

    [Test]
    public void An_interface_whose_name_cannot_stand_in_a_rule_is_an_error() =>
        Read.Text(Read.Around("managed = false\ninterfaceName = 'wg*'")).Diagnostics.Should()
            .ContainSingle(d => d.Message.Contains("\"wg*\" has a name that cannot stand in a rule", StringComparison.Ordinal));

    private static string[] Errors(string rules) =>
    [
        .. RulesCheck.Run(Config($"managed = false\nextraFirewallRules = '''\n{rules}\n'''"), _ => new RulesVerdict([], null)).Select(d => d.ToString()),
    ];

    private static NamespaceConfig Config(string lines, string allowed = "0.0.0.0/0") =>
        Read.Text(Read.Around(lines).Replace("0.0.0.0/0", allowed, StringComparison.Ordinal)).Config;

    private static string Text(string lines, string allowed = "0.0.0.0/0") => DefaultRuleset.Of(Config(lines, allowed)).Text;
}
