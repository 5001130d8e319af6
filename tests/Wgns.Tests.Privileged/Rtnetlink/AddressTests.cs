using System.Text.Json;
using Wgns.Linux;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Tests.Privileged.Rtnetlink;

public sealed class AddressTests
{
    [TestCase("10.0.0.2/32")]
    [TestCase("10.0.0.2/24")]
    [TestCase("fd00::2/128")]
    [TestCase("fd00::2/64")]
    public void An_address_is_added_as_written_and_deleted(string text)
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        var link = Plain(rtnl);
        rtnl.AddAddress(link, Net(text)).Should().Be(Errno.None);
        Shown(netns).Should().Contain(text);
        rtnl.GetAddresses().Should().Contain(a => a.LinkIndex == link.Index && a.Cidr == Net(text));
        rtnl.AddAddress(link, Net(text)).Should().Be(Errno.EEXIST);
        rtnl.DelAddress(link, Net(text)).Should().Be(Errno.None);
        Shown(netns).Should().NotContain(text);
        rtnl.DelAddress(link, Net(text)).Should().Be(Errno.EADDRNOTAVAIL);
    }

    [Test]
    public void An_ipv6_address_without_duplicate_detection_is_usable_at_once()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewVeth(new LinkEnd("v0"), new LinkEnd("v1"));
        rtnl.SetLink(rtnl.GetLink("v0")!, new LinkChange(Up: true));
        rtnl.SetLink(rtnl.GetLink("v1")!, new LinkChange(Up: true));
        rtnl.AddAddress(rtnl.GetLink("v0")!, Net("fd00::2/64"), noDad: true);
        rtnl.AddAddress(rtnl.GetLink("v0")!, Net("fd00::3/64"), noDad: false);
        var rows = netns.Ip("addr", "show", "dev", "v0").Single().GetProperty("addr_info").EnumerateArray().ToList();
        rows.Single(a => a.GetProperty("local").GetString() == "fd00::2").TryGetProperty("tentative", out _)
            .Should().BeFalse();
        rows.Single(a => a.GetProperty("local").GetString() == "fd00::3").TryGetProperty("tentative", out _)
            .Should().BeTrue();
    }

    [Test]
    public void Deleting_from_a_link_that_has_gone_is_an_answer()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        var link = Plain(rtnl);
        rtnl.DelLink(link);
        rtnl.DelAddress(link, Net("10.0.0.2/32")).Should().Be(Errno.ENODEV);
        var act = () => rtnl.AddAddress(link, Net("10.0.0.2/32"));
        act.Should().Throw<KernelException>().Which.Operation.Should().Be("add address 10.0.0.2/32 to d0");
    }

    [Test]
    public void All_addresses_are_those_that_ip_lists()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.SetLink(rtnl.GetLink("lo")!, new LinkChange(Up: true));
        var link = Plain(rtnl);
        for (var i = 1; i <= 200; i++)
        {
            rtnl.AddAddress(link, Net($"10.1.{i}.1/24"));
            rtnl.AddAddress(link, Net($"fd00:{i:x}::1/64"));
        }

        rtnl.GetAddresses().Select(a => a.Cidr.ToString()).Should().BeEquivalentTo(Shown(netns));
    }

    private static Link Plain(Rtnl rtnl)
    {
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0"));
        rtnl.SetLink(rtnl.GetLink("d0")!, new LinkChange(Up: true));
        return rtnl.GetLink("d0")!;
    }

    private static List<string> Shown(TestNetns netns) => [.. netns.Ip("addr")
        .SelectMany(l => l.GetProperty("addr_info").EnumerateArray())
        .Select(a => $"{a.GetProperty("local").GetString()}/{a.GetProperty("prefixlen").GetInt32()}")];

    private static Cidr Net(string text) => Cidr.TryParse(text, out var cidr) ? cidr.Value : throw new FormatException(text);
}
