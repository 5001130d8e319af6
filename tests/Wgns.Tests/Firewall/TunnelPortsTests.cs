using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Tests.Configuration;

namespace Wgns.Tests.Firewall;

public sealed class TunnelPortsTests
{
    private static string Text(string keys) => DefaultRuleset.Of(Read.Config(keys)).Text;

    private static string With(params string[] entries) =>
        $"interfaceName = 'wg0'\n{Read.Around(string.Empty)}{string.Concat(entries.Select(e => $"[[publish]]\n{e}\n"))}";

    [Test]
    public void A_port_of_the_tunnel_is_let_in_by_the_tunnels_interface_alone_and_before_the_counter_of_what_is_not()
    {
        var text = Text(With("listen = 51413\nfrom = 'tunnel'", "listen = 6881\nfrom = 'tunnel'", "listen = 51413\nfrom = 'tunnel'\nprotocol = 'udp'"));
        text.Should().Contain(
            "        iifname { \"wg0\" } tcp dport { 6881, 51413 } accept comment \"published from the tunnel\"\n"
            + "        iifname { \"wg0\" } udp dport { 51413 } accept comment \"published from the tunnel\"\n"
            + "        counter comment \"not let in\"\n");
    }

    [Test]
    public void Without_such_a_port_the_rules_are_as_they_were()
    {
        var config = Read.Config(With("listen = 8112", "listen = '0.0.0.0:8113'"));
        DefaultRuleset.Of(config).Should().Be(DefaultRuleset.Of(config with { Publish = [] }));
    }

    [Test]
    public void The_lines_before_the_extra_rules_are_counted_with_them()
    {
        var rules = DefaultRuleset.Of(Read.Config("extraFirewallRules = 'MINE'\n" + With("listen = 1\nfrom = 'tunnel'")));
        rules.Text.Split('\n')[rules.LinesBeforeExtra].Should().Be("MINE");
    }
}
