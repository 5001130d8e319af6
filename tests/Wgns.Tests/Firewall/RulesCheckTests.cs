using System.Text;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Firewall;
using Wgns.Linux.Nftables;

namespace Wgns.Tests.Firewall;

public sealed class RulesCheckTests
{
    private static NamespaceConfig Config(string toml) =>
        ConfigurationReader.Read(Encoding.UTF8.GetBytes(toml), "/c/vpn.toml").Config;

    /// <summary>nft's complaint about the place where <paramref name="word"/> stands in the whole text.</summary>
    private static RulesVerdict ErrorAt(string text, string word)
    {
        var at = text.IndexOf(word, StringComparison.Ordinal);
        var before = text[..at];
        var line = before.Count(c => c == '\n') + 1;
        var column = Encoding.UTF8.GetByteCount(before[(before.LastIndexOf('\n') + 1)..]) + 1;
        return new RulesVerdict([new NftError(null, line, column, column, "syntax error", null)], null);
    }

    [TestCase("extraFirewallRules = \"BAD\"", "1:23")]
    [TestCase("extraFirewallRules = 'x BAD'", "1:25")]
    [TestCase("extraFirewallRules = \"\\t\\u00e9\\nx BAD\"", "1:35")]
    [TestCase("dns_server = '1.1.1.1'\nextraFirewallRules = '''\nfirst\n  BAD\n'''", "4:3")]
    [TestCase("extraFirewallRules = \"\"\"\nfirst \\\n   same BAD\n\"\"\"", "3:9")]
    [TestCase("extraFirewallRules = \"\"\"\r\nfirst\r\n\u00e9\u00e9 BAD\r\n\"\"\"", "3:4")]
    [TestCase("extraFirewallRules = \"\"\"first\n\n\nBAD\"\"\"", "4:1")]
    public void An_error_of_nft_is_shown_where_the_word_stands_in_the_TOML_file(string toml, string place)
    {
        var found = RulesCheck.Run(Config(toml), text => ErrorAt(text, "BAD"));

        found.Should().ContainSingle().Which.ToString().Should().StartWith($"/c/vpn.toml:{place}: error: nft: syntax error");
    }

    [Test]
    public void The_default_ruleset_is_loaded_before_the_extra_rules_in_the_same_text()
    {
        string? seen = null;
        RulesCheck.Run(Config("extraFirewallRules = 'table inet x { }'"), text =>
        {
            seen = text;
            return new RulesVerdict([], null);
        }).Should().BeEmpty();

        seen.Should().StartWith("table inet wgns {").And.EndWith("}\ntable inet x { }");
    }

    [TestCase("monitor", "1:23")]
    [TestCase("table ip x { }; monitor rules", "1:39")]
    public void Rules_that_would_wait_for_ever_are_said_and_not_tried(string rules, string place) =>
        RulesCheck.Run(Config($"extraFirewallRules = '{rules}'"), _ => throw new InvalidOperationException("asked"))
            .Should().ContainSingle().Which.ToString().Should().StartWith($"/c/vpn.toml:{place}: error: monitor is no rule");

    [TestCase("table ip monitor { }")]
    [TestCase("table ip x { chain monitor { type filter hook input priority 0; } }")]
    public void A_name_that_is_a_word_of_nfts_is_a_name(string rules) =>
        RulesCheck.Run(Config($"extraFirewallRules = '{rules}'"), _ => new RulesVerdict([], null)).Should().BeEmpty();

    [TestCase("include '/x.nft'", "", 1)]
    [TestCase("include '/x.nft'", "table ip x {\n}\n", 1)]
    [TestCase("include '/x.nft'", "table inet wgns {\n}\n", 0)]
    [TestCase("table inet x { } # include", "", 0)]
    public void Where_a_file_is_included_the_default_table_has_to_be_there_after_loading(string text, string listing, int errors) =>
        RulesCheck.Errors(text.Replace('\'', '"'), () => new NftResult(true, "", "", []), () => new NftResult(true, listing, "", []))
            .Should().HaveCount(errors);

    [Test]
    public void No_extra_rules_are_not_asked_about() =>
        RulesCheck.Run(Config("extraFirewallRules = \" \\n \""), _ => throw new InvalidOperationException("asked")).Should().BeEmpty();

    [Test]
    public void An_error_in_an_included_file_is_shown_at_the_option_with_the_files_line() =>
        RulesCheck.Run(
                Config("extraFirewallRules = 'include \"/x.nft\"'"),
                _ => new RulesVerdict([new NftError("/x.nft", 3, 1, 1, "no such thing", null)], null))
            .Should().ContainSingle().Which.ToString()
            .Should().Be("/c/vpn.toml:1:23: error: extraFirewallRules: nft in /x.nft:3: no such thing");

    [Test]
    public void An_error_in_an_included_file_is_shown_where_the_rules_include_it() =>
        RulesCheck.Run(
                Config("extraFirewallRules = \"\"\"\nadd rule inet wgns input accept\n  include '/x.nft'\"\"\""),
                text => new RulesVerdict(
                [
                    new NftError("/x.nft", 3, 1, 1, "no such thing", null) { IncludeLine = text[..text.IndexOf("include", StringComparison.Ordinal)].Count(c => c == '\n') + 1, IncludeColumn = 3 },
                ], null))
            .Should().ContainSingle().Which.ToString()
            .Should().Be("/c/vpn.toml:3:3: error: extraFirewallRules: nft in /x.nft:3: no such thing");

    [Test]
    public void An_error_without_a_place_is_shown_at_the_option() =>
        RulesCheck.Run(Config("extraFirewallRules = 'x'"), _ => new RulesVerdict([new NftError(null, 0, 0, 0, "no memory", null)], null))
            .Should().ContainSingle().Which.ToString().Should().Be("/c/vpn.toml:1:23: error: extraFirewallRules: nft: no memory");

    [Test]
    public void Where_nft_cannot_be_asked_the_rules_are_said_to_be_not_checked_but_chains_are_looked_at()
    {
        var found = RulesCheck.Run(
            Config("extraFirewallRules = 'table inet my_table { chain my_output { drop; } }'"),
            _ => new RulesVerdict([], "not permitted"));

        found.Should().HaveCount(2);
        found[0].Severity.Should().Be(Severity.Warning);
        found[0].Message.Should().Be("extraFirewallRules: rules not checked: not permitted");
        found[1].ToString().Should().StartWith(
            "/c/vpn.toml:1:51: error: chain my_output has no hook and nothing jumps to it: its rules would do nothing");
        found[1].Hint.Should().Contain("inet wgns").And.Contain("chain output {");
    }

    [Test]
    public void A_chain_of_ones_own_is_hinted_to_take_a_hook_or_a_jump() =>
        RulesCheck.Run(Config("extraFirewallRules = 'table inet x { chain y { } }'"), _ => new RulesVerdict([], null))
            .Should().ContainSingle().Which.Hint.Should().Contain("hook").And.Contain("jump to it from a chain of table inet wgns");

    [TestCase("")]
    [TestCase("dns_server = '10.0.0.1'")]
    [TestCase("dns_server = ['10.0.0.1', 'fd00::1']\ndnsEnforcement = 'reject'")]
    [TestCase("dnsEnforcement = 'off'")]
    public void The_first_line_of_the_extra_rules_is_the_one_after_the_default_rulesets_lines(string keys)
    {
        var rules = DefaultRuleset.Of(Config($"extraFirewallRules = 'MINE'\n{keys}"));
        rules.Text.Split('\n')[rules.LinesBeforeExtra].Should().Be("MINE");
    }

    [Test]
    public void With_a_host_link_too_and_its_chains_may_be_added_to()
    {
        var config = Config("hostLink = {}\nextraFirewallRules = 'add rule inet wgns host_link udp dport 53 accept'");
        var rules = DefaultRuleset.Of(config);
        rules.Text.Split('\n')[rules.LinesBeforeExtra].Should().Be(config.ExtraFirewallRules.Text);
        RulesCheck.Run(config, _ => new RulesVerdict([], null)).Should().BeEmpty();
    }
}
