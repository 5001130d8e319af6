using System.Text;
using Wgns.Configuration;
using Wgns.Firewall;

namespace Wgns.Tests.Firewall;

public sealed class RulesDiscardTests
{
    [TestCase("flush ruleset", 1, 1)]
    [TestCase("#!/usr/sbin/nft -f\n\nflush ruleset\ntable inet x { }", 3, 1)]
    [TestCase("flush ruleset inet", 1, 1)]
    [TestCase("add table ip x; delete table inet wgns", 1, 17)]
    [TestCase("destroy table inet wgns", 1, 1)]
    [TestCase("table ip x { }\n flush table inet wgns", 2, 2)]
    [TestCase("table inet wgns { flags dormant; }", 1, 19)]
    [TestCase("add table inet wgns {\n  comment \"x\"\n  flags persist, dormant\n}", 3, 3)]
    [TestCase("delete table inet handle 1", 1, 1)]
    [TestCase("delete table handle 1", 1, 1)]
    [TestCase("table inet x { comment \"a\nb\"; } ; flush ruleset #\"", 2, 9)]
    public void Extra_rules_that_throw_the_default_ones_away_are_an_error_at_their_place(string rules, int line, int column)
    {
        var toml = $"extraFirewallRules = '''\n{rules}\n'''";
        var config = ConfigurationReader.Read(Encoding.UTF8.GetBytes(toml), "/c/vpn.toml").Config;

        var found = RulesCheck.Run(config, _ => new RulesVerdict([], null));

        found.Should().ContainSingle().Which.ToString().Should().StartWith($"/c/vpn.toml:{line + 1}:{column}: error: ")
            .And.Contain("default rules");
    }

    [TestCase("flush table inet mine")]
    [TestCase("flush ruleset ip")]
    [TestCase("delete table ip wgns")]
    [TestCase("flush chain inet wgns forward")]
    [TestCase("# flush ruleset")]
    [TestCase("table inet mine { flags dormant; }")]
    [TestCase("table inet wgns { chain c { tcp flags syn accept; meta mark dormant; } }")]
    [TestCase("delete table ip handle 1")]
    [TestCase("table inet x { comment \"a\nflush ruleset\nb\"; }")]
    [TestCase("table inet x { chain y { type filter hook input priority 0; log prefix \"flush ruleset\"; } }")]
    public void Extra_rules_that_leave_the_default_table_standing_are_none(string rules) =>
        RulesDiscard.In(rules, DefaultRuleset.Table).Should().BeEmpty();
}
