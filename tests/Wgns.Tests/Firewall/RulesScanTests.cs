using Wgns.Firewall;

namespace Wgns.Tests.Firewall;

public sealed class RulesScanTests
{
    private static string[] Unreached(string text) =>
        [.. RulesScan.UnreachedChains(text, DefaultRuleset.Table, DefaultRuleset.Chains).Select(c => $"{c.Name}@{c.Line}:{c.Column}")];

    [TestCase("table inet wgns { chain my_output { drop; }; }", "my_output@1:25")]
    [TestCase("table inet x {\n  chain a {\n    accept\n  }\n}\n", "a@2:9")]
    [TestCase("table inet x {\n\tchain a{\n}\n}", "a@2:8")]
    [TestCase("add chain inet wgns extra", "extra@1:21")]
    [TestCase("add chain wgns extra", "extra@1:16")]
    [TestCase("create chain inet x y { drop; }", "y@1:21")]
    [TestCase("chain inet x y", "y@1:14")]
    [TestCase("add table inet x; add chain inet x y;", "y@1:36")]
    [TestCase("# chain z {\ntable ip x { chain \u00e9t\u00e9 { comment \"jump \u00e9t\u00e9 # }\"; } }", "\u00e9t\u00e9@2:20")]
    [TestCase("table ip x { comment \"\u00e9\"; chain y { } }", "y@1:34")]
    public void A_chain_without_a_hook_that_nothing_jumps_to_is_found_at_its_name(string text, string expected) =>
        Unreached(text).Should().Equal(expected);

    [TestCase("table inet x { chain a { type filter hook output priority 0; policy accept; } }")]
    [TestCase("table inet x { chain a { type filter hook output priority -150; tcp dport 1 drop } chain a { udp dport 1 drop } }")]
    [TestCase("table inet wgns { chain output { ip daddr 10.0.0.0/8 drop; } }")]
    [TestCase("table inet wgns { chain x { drop; } chain output { ip daddr 10.0.0.0/8 jump x; } }")]
    [TestCase("table inet wgns { chain output { goto x\n } chain x { drop; } }")]
    [TestCase("table inet wgns { chain x { drop; } chain output { meta l4proto vmap { tcp : jump x, udp : accept } } }")]
    [TestCase("table inet wgns { map m { type inet_proto : verdict\n elements = { tcp : goto x } }\n chain x { drop; }\n chain output { meta l4proto vmap @m } }")]
    [TestCase("add chain inet wgns x\nadd rule inet wgns output meta mark set 1 jump x")]
    [TestCase("add chain inet wgns x; insert rule inet wgns output jump x")]
    [TestCase("add chain inet wgns x { drop; }\nadd element inet wgns m { tcp : jump x }")]
    [TestCase("add chain inet x y { type filter hook input priority 0; }")]
    [TestCase("delete chain inet wgns forward")]
    [TestCase("flush chain inet x y; list chain inet x y; destroy chain inet x y")]
    [TestCase("define target = x\ntable inet wgns { chain x { drop; } chain output { jump $target; } }")]
    [TestCase("table inet wgns { chain x { drop; } chain output { jump $elsewhere; } }")]
    [TestCase("table inet wgns { chain x { drop; }\n chain output { jump \\\n x; } }")]
    [TestCase("")]
    [TestCase("table inet wgns { chain")]
    [TestCase("} } }")]
    [TestCase("table")]
    [TestCase("jump")]
    public void A_chain_that_packets_can_reach_is_none_of_its_business(string text) =>
        Unreached(text).Should().BeEmpty();

    [Test]
    public void A_chain_of_another_table_is_not_hooked_by_having_a_default_chains_name() =>
        Unreached("table ip my { chain output { drop; } }").Should().Equal("output@1:21");

    [Test]
    public void A_table_without_a_family_is_of_family_ip_and_not_the_default_one() =>
        Unreached("table wgns { chain output { drop; } }").Should().Equal("output@1:20");

    [Test]
    public void A_jump_in_one_table_does_not_reach_a_chain_of_another() =>
        Unreached("table inet a { chain x { drop; } }\ntable inet wgns { chain x { drop; } chain output { jump x; } }")
            .Should().Equal("x@1:22");

    [Test]
    public void A_flowtables_hook_is_not_that_of_the_chain_before_it() =>
        Unreached("add chain inet f x\ntable inet f { flowtable t { hook ingress priority 0; devices = { lo }; } }").Should().Equal("x@1:18");

    [Test]
    public void Each_unreached_chain_is_said_once() =>
        Unreached("table inet a {\n chain x { drop; }\n chain x { accept; }\n chain y { }\n}").Should().Equal("x@2:8", "y@4:8");
}
