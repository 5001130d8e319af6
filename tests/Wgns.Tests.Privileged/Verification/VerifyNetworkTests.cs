namespace Wgns.Tests.Privileged.Verification;

/// <summary>`wgns verify` of forwarding, routes and links that somebody changed behind wgns's back.</summary>
[Category("UserNamespace")]
public sealed class VerifyNetworkTests
{
    private const string Host = "10.233.91.1";
    private const string HostLink = $"hostLink = {{ enable = true, hostAddresses = '{Host}/30', nsAddresses = '10.233.91.2/30' }}";

    [Test]
    public void Forwarding_of_one_link_or_of_those_to_come_fails_like_that_of_all()
    {
        using var lab = VerifyTests.Up();
        foreach (var key in (string[])[$"ipv4/conf/{lab.Name}", "ipv4/conf/default", "ipv4/conf/lo", $"ipv6/conf/{lab.Name}", "ipv6/conf/default"])
        {
            Inside(lab, "sh", "-c", $"echo 1 > /proc/sys/net/{key}/forwarding");

            VerifyTests.Failures(lab).Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("forwarding", $"on: net/{key}/forwarding"));

            Inside(lab, "sh", "-c", $"echo 0 > /proc/sys/net/{key}/forwarding");
        }

        VerifyTests.Failures(lab).Should().BeEmpty();
    }

    /// <summary>net.ipv6.conf.LINK.force_forwarding of Linux 6.17 needs nothing of conf/all.</summary>
    [Test]
    public void Forwarding_of_IPv6_by_one_link_alone_fails_too()
    {
        using var lab = VerifyTests.Up();
        var key = $"net/ipv6/conf/{lab.Name}/force_forwarding";
        if (lab.Enter("test", "-e", $"/proc/sys/{key}").End().Exit != 0)
        {
            Assert.Inconclusive("this kernel has no force_forwarding");
        }

        Inside(lab, "sh", "-c", $"echo 1 > /proc/sys/{key}");

        VerifyTests.Failures(lab).Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("forwarding", $"on: {key}"));
    }

    [Test]
    public void A_default_route_that_may_take_the_host_link_fails_in_whatever_table_and_shape()
    {
        using var lab = VerifyTests.Up(HostLink);
        VerifyTests.Failures(lab).Should().BeEmpty();

        Planted(lab, ["routes", "host link"], "route add default metric 3 nexthop via 10.233.91.1 dev host0 nexthop dev NAME", "route del default metric 3");
        Planted(lab, ["routes", "host link"], "route add default via 10.233.91.1 table 100", "route del default table 100");
        Planted(lab, ["host link"], "route add 128.0.0.0/1 via 10.233.91.1 proto kernel", "route del 128.0.0.0/1 via 10.233.91.1");
    }

    [TestCase(1)]
    [TestCase(0)]
    public void A_default_route_by_a_nexthop_object_fails_whether_or_not_its_links_are_told_with_it(int told)
    {
        using var lab = VerifyTests.Up(HostLink);
        Inside(lab, "sh", "-c", $"echo {told} > /proc/sys/net/ipv4/nexthop_compat_mode");
        Inside(lab, "ip", "nexthop", "add", "id", "7", "via", Host, "dev", "host0");
        Inside(lab, "ip", "nexthop", "add", "id", "8", "dev", lab.Name);
        Inside(lab, "ip", "nexthop", "add", "id", "9", "group", "7/8");

        Planted(lab, told == 1 ? ["routes", "host link"] : ["routes"], "route add default nhid 9 metric 4", "route del default nhid 9 metric 4");
    }

    [Test]
    public void A_default_route_of_another_table_that_leads_nowhere_fails_and_the_rule_that_leads_to_it_is_told()
    {
        using var lab = VerifyTests.Up();
        Cli.Do("verify", lab.Name).Should().Contain("routing rules").And.Contain("the kernel's own");

        Inside(lab, "ip", "rule", "add", "pref", "10", "ipproto", "sctp", "lookup", "100");
        VerifyTests.Failures(lab).Should().BeEmpty("it leads to a table in which there is nothing");
        Cli.Do("verify", lab.Name).Should().Contain("10 (IPv4) to table 100");

        Planted(lab, ["routes"], "route add default dev lo table 100", "route del default dev lo table 100");
    }

    [Test]
    public void Another_link_in_the_tunnels_place_is_no_tunnel()
    {
        using var lab = VerifyTests.Up();
        Inside(lab, "ip", "link", "set", lab.Name, "name", "gone0");
        Inside(lab, "ip", "link", "add", lab.Name, "type", "veth", "peer", "name", "far0");
        lab.Enter("ip", "link", "del", "gone0").End(); // unless the engine gave it up already
        Inside(lab, "ip", "link", "set", lab.Name, "up");
        Inside(lab, "ip", "route", "add", "default", "dev", lab.Name);

        var failures = VerifyTests.Failures(lab);

        failures.Should().ContainKey("links").WhoseValue.Should().Contain(lab.Name);
        failures.Should().ContainKey("routes").WhoseValue.Should().Contain($"0.0.0.0/0 by {lab.Name}");
    }

    private static void Planted(Lab lab, string[] checks, string plant, string undo)
    {
        Inside(lab, ["ip", .. plant.Replace("NAME", lab.Name, StringComparison.Ordinal).Split(' ')]);
        VerifyTests.Failures(lab).Keys.Should().BeEquivalentTo(checks, plant);
        Inside(lab, ["ip", .. undo.Split(' ')]);
        VerifyTests.Failures(lab).Should().BeEmpty(undo);
    }

    private static void Inside(Lab lab, params string[] command)
    {
        var answer = lab.Enter(command).End();
        answer.Exit.Should().Be(0, "{0}: {1}", string.Join(' ', command), answer.Words);
    }
}
