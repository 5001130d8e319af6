using System.Net;
using System.Text.Json;
using Wgns.Linux;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Tests.Privileged.Rtnetlink;

public sealed class RouteTests
{
    private TestNetns _netns = null!;
    private Rtnl _rtnl = null!;
    private Link _link = null!;

    [SetUp]
    public void MakeLink()
    {
        _netns = new TestNetns();
        _rtnl = _netns.Rtnl();
        _rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0"));
        _rtnl.SetLink(_rtnl.GetLink("d0")!, new LinkChange(Up: true));
        _link = _rtnl.GetLink("d0")!;
        _rtnl.AddAddress(_link, Net("10.0.0.2/24"));
        _rtnl.AddAddress(_link, Net("fd00::2/64"), noDad: true);
    }

    [TearDown]
    public void Remove()
    {
        _rtnl.Dispose();
        _netns.Dispose();
    }

    [TestCase("0.0.0.0/0", "default")]
    [TestCase("192.168.7.0/24", "192.168.7.0/24")]
    [TestCase("192.168.7.9/32", "192.168.7.9")]
    [TestCase("::/0", "default")]
    [TestCase("fd77::/48", "fd77::/48")]
    public void A_route_by_the_link_is_added_and_deleted(string destination, string shown)
    {
        var route = new Route(Net(destination));
        _rtnl.AddRoute(_link, route).Should().Be(Errno.None);
        var row = Shown(route).Single(r => r.GetProperty("dst").GetString() == shown);
        row.GetProperty("dev").GetString().Should().Be("d0");
        row.GetProperty("scope").GetString().Should().Be(route.Destination.IsIPv6 ? "global" : "link");
        row.GetProperty("protocol").GetString().Should().Be("boot");
        _rtnl.GetRoutes().Should().ContainSingle(r => r.Destination == route.Destination && r.LinkIndex == _link.Index);
        _rtnl.AddRoute(_link, route).Should().Be(Errno.EEXIST);
        _rtnl.DelRoute(_link, route).Should().Be(Errno.None);
        Shown(route).Should().NotContain(r => r.GetProperty("dst").GetString() == shown);
        _rtnl.DelRoute(_link, route).Should().Be(Errno.ESRCH);
    }

    [TestCase("10.9.0.0/16", "10.0.0.1")]
    [TestCase("fd99::/32", "fd00::1")]
    public void A_route_has_its_gateway_metric_and_mtu(string destination, string gateway)
    {
        var route = new Route(Net(destination), IPAddress.Parse(gateway), 77, 1280);
        _rtnl.AddRoute(_link, route).Should().Be(Errno.None);
        var row = Shown(route).Single(r => r.GetProperty("dst").GetString() == destination);
        row.GetProperty("gateway").GetString().Should().Be(gateway);
        row.GetProperty("metric").GetInt32().Should().Be(77);
        row.GetProperty("metrics")[0].GetProperty("mtu").GetInt32().Should().Be(1280);
        _rtnl.GetRoutes().Should().ContainSingle(r => r.Destination == route.Destination)
            .Which.Should().Be(route with { LinkIndex = _link.Index, Scope = 0 });
        _rtnl.DelRoute(_link, route).Should().Be(Errno.None);
    }

    [Test]
    public void All_routes_are_those_of_the_main_table_that_ip_lists()
    {
        _rtnl.AddRoute(_link, new Route(Net("0.0.0.0/0")));
        Tool.Run("ip", "-n", _netns.Name, "route", "add", "blackhole", "10.66.0.0/16");
        Tool.Run("ip", "-n", _netns.Name, "route", "add", "10.67.0.0/16", "dev", "d0", "table", "5000");
        var expected = _netns.Ip("route").Concat(_netns.Ip("-6", "route"))
            .Select(r => r.GetProperty("dst").GetString()!)
            .Select(d => d == "default" ? "0.0.0.0/0" : d);
        _rtnl.GetRoutes().Select(r => r.Destination.ToString()).Should().BeEquivalentTo(expected);
        _rtnl.GetRoutes().Should().ContainSingle(r => r.Type == RouteType.Blackhole).Which.LinkIndex.Should().Be(0);
    }

    [Test]
    public void A_netns_without_any_route_has_an_empty_list()
    {
        using var empty = new TestNetns();
        using var rtnl = empty.Rtnl();
        rtnl.GetRoutes().Should().BeEmpty();
    }

    [Test]
    public void A_route_over_a_link_that_is_down_names_the_operation()
    {
        _rtnl.SetLink(_link, new LinkChange(Up: false));
        var act = () => _rtnl.AddRoute(_link, new Route(Net("0.0.0.0/0")));
        var thrown = act.Should().Throw<KernelException>().Which;
        thrown.Errno.Should().Be(Errno.ENETDOWN);
        thrown.Operation.Should().Be("add route 0.0.0.0/0 dev d0");
    }

    [TestCase("10.9.1.1", "10.9.0.0/16", "10.0.0.1")]
    [TestCase("fd99::1", "fd99::/32", "fd00::1")]
    public void The_route_to_an_address_tells_its_link_gateway_and_mtu(string address, string destination, string gateway)
    {
        _rtnl.AddRoute(_link, new Route(Net(destination), IPAddress.Parse(gateway), Mtu: 1300));
        var route = _rtnl.RouteTo(IPAddress.Parse(address))!;
        route.LinkIndex.Should().Be(_link.Index);
        route.Gateway.Should().Be(IPAddress.Parse(gateway));
        route.Mtu.Should().Be(1300);
        route.Source.Should().Be(IPAddress.Parse(address.Contains(':', StringComparison.Ordinal) ? "fd00::2" : "10.0.0.2"));
    }

    [TestCase("203.0.113.1")]
    [TestCase("2001:db8::1")]
    public void No_way_to_an_address_is_an_answer(string address) =>
        _rtnl.RouteTo(IPAddress.Parse(address)).Should().BeNull();

    [TestCase("blackhole", "203.0.113.0/24", "203.0.113.1")]
    [TestCase("unreachable", "203.0.113.0/24", "203.0.113.1")]
    [TestCase("prohibit", "203.0.113.0/24", "203.0.113.1")]
    [TestCase("blackhole", "2001:db8::/32", "2001:db8::1")]
    [TestCase("unreachable", "2001:db8::/32", "2001:db8::1")]
    [TestCase("prohibit", "2001:db8::/32", "2001:db8::1")]
    public void A_route_that_refuses_is_no_way(string type, string destination, string address)
    {
        Tool.Run("ip", "-n", _netns.Name, "route", "add", type, destination);
        _rtnl.RouteTo(IPAddress.Parse(address)).Should().BeNull();
    }

    [Test]
    public void An_unreachable_route_can_be_made_and_taken_away()
    {
        var route = new Route(Net("10.66.0.0/16")) { Type = RouteType.Unreachable };
        _rtnl.AddRoute(_link, route).Should().Be(Errno.None);
        Shown(route).Should().ContainSingle(r => r.GetProperty("dst").GetString() == "10.66.0.0/16")
            .Which.GetProperty("type").GetString().Should().Be("unreachable");
        _rtnl.DelRoute(_link, route).Should().Be(Errno.None);
        Shown(route).Should().NotContain(r => r.GetProperty("dst").GetString() == "10.66.0.0/16");
    }

    private List<JsonElement> Shown(Route route) => _netns.Ip(route.Destination.IsIPv6 ? "-6" : "-4", "route");

    private static Cidr Net(string text) => Cidr.TryParse(text, out var cidr) ? cidr.Value : throw new FormatException(text);
}
