using Wgns.Linux;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Tests.Linux.Rtnetlink;

/// <summary>Routes and rules from bytes written down by hand, each with the header of RTM_NEWROUTE or RTM_NEWRULE.</summary>
public sealed class RouteDecodingTests
{
    // rtmsg {family, dst_len, src_len, tos, table, protocol, scope, type, u32 flags}; RTA_TABLE 15 (0x0f) is 100;
    // RTA_MULTIPATH 9: rtnexthop {u16 len, u8 flags, u8 hops, s32 ifindex}, the first with an RTA_GATEWAY 5.
    private const string Multipath =
        """
        40000000 1800 0200 00000000 00000000
        02 00 00 00 00 03 00 01 00000000
        0800 0f00 64000000
        1c00 0900  1000 00 00 05000000 0800 0500 0a000001  0800 00 00 06000000
        """;

    [Test]
    public void A_route_by_several_links_names_them_all_and_its_table()
    {
        using var netlink = new ScriptedNetlink().Answer(Bytes.Of(Multipath), ScriptedNetlink.Done()).Answer(ScriptedNetlink.Done());
        using var rtnl = new Rtnl(netlink);

        var route = rtnl.GetRoutesOfEveryTable().Should().ContainSingle().Subject;

        route.HopLinkIndexes.Should().Equal(5, 6);
        (route.LinkIndex, route.Table, route.IsDefault).Should().Be((0, 100u, true));
    }

    [Test]
    public void A_route_of_another_table_is_none_of_the_main_tables()
    {
        using var netlink = new ScriptedNetlink().Answer(Bytes.Of(Multipath), ScriptedNetlink.Done()).Answer(ScriptedNetlink.Done());
        using var rtnl = new Rtnl(netlink);

        rtnl.GetRoutes().Should().BeEmpty();
    }

    [Test]
    public void A_rule_has_its_priority_and_table()
    {
        // fib_rule_hdr {family, dst_len, src_len, tos, table, res, res, action 1, u32 flags}; FRA_PRIORITY 6, FRA_TABLE 15.
        using var netlink = new ScriptedNetlink()
            .Answer(
                Bytes.Of("2c000000 2000 0200 00000000 00000000 02 00 00 00 64 00 00 01 00000000 0800 0600 0a000000 0800 0f00 64000000"),
                Bytes.Of("24000000 2000 0200 00000000 00000000 02 00 00 00 ff 00 00 01 00000000 0800 0f00 ff000000"),
                ScriptedNetlink.Done())
            .Answer(ScriptedNetlink.Done());
        using var rtnl = new Rtnl(netlink);

        rtnl.GetRules().Should().Equal(new Rule(false, 10, 1, 100), new Rule(false, 0, 1, 255));
        new Rule(false, 10, 1, 100).IsKernels.Should().BeFalse();
        new Rule(true, 0, 1, 255).IsKernels.Should().BeTrue();
        new Rule(true, 5, 1, 254).IsKernels.Should().BeFalse("it asks before the others");
    }
}
