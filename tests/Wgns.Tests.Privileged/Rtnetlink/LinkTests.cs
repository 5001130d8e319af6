using System.Text.Json;
using Wgns.Linux;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Tests.Privileged.Rtnetlink;

public sealed class LinkTests
{
    [Test]
    public void A_fresh_netns_has_lo_alone_and_it_is_down()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.GetLinks().Should().Equal(new Link(1, "lo", null, 65536, false, null, null));
    }

    [Test]
    public void A_link_without_options_is_made_with_its_name_and_mtu()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0", 1380)).Should().Be(Errno.None);
        var link = netns.Ip("link", "show", "d0").Single();
        link.GetProperty("mtu").GetInt32().Should().Be(1380);
        link.GetProperty("linkinfo").GetProperty("info_kind").GetString().Should().Be(TestNetns.PlainKind);
        rtnl.GetLink("d0").Should().Be(
            new Link(link.GetProperty("ifindex").GetInt32(), "d0", TestNetns.PlainKind, 1380, false, null, null));
    }

    [Test]
    public void A_link_made_into_another_netns_never_shows_in_the_socket_s_own()
    {
        using var home = new TestNetns();
        using var away = new TestNetns();
        using var rtnl = home.Rtnl();
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0", Netns: away.Fd)).Should().Be(Errno.None);
        home.Ip("link").Should().ContainSingle();
        away.Ip("link", "show", "d0").Should().ContainSingle();
    }

    [Test]
    public void A_veth_pair_has_each_end_in_its_netns_with_its_name_and_mtu()
    {
        using var home = new TestNetns();
        using var away = new TestNetns();
        using var rtnl = home.Rtnl();
        rtnl.NewVeth(new LinkEnd("host0", 1400), new LinkEnd("in0", 1300, away.Fd)).Should().Be(Errno.None);
        var outer = home.Ip("link", "show", "host0").Single();
        var inner = away.Ip("link", "show", "in0").Single();
        outer.GetProperty("mtu").GetInt32().Should().Be(1400);
        inner.GetProperty("mtu").GetInt32().Should().Be(1300);
        var link = rtnl.GetLink("host0")!;
        link.Kind.Should().Be("veth");
        link.PeerIndex.Should().Be(inner.GetProperty("ifindex").GetInt32());
        link.LinkNetnsId.Should().Be(outer.GetProperty("link_netnsid").GetInt32());
    }

    [Test]
    public void A_veth_pair_may_have_both_ends_elsewhere()
    {
        using var home = new TestNetns();
        using var left = new TestNetns();
        using var right = new TestNetns();
        using var rtnl = home.Rtnl();
        rtnl.NewVeth(new LinkEnd("v0", Netns: left.Fd), new LinkEnd("v0", Netns: right.Fd)).Should().Be(Errno.None);
        home.Ip("link").Should().ContainSingle();
        left.Ip("link", "show", "v0").Should().ContainSingle();
        right.Ip("link", "show", "v0").Should().ContainSingle();
    }

    [Test]
    public void A_taken_name_is_an_answer_and_not_an_exception()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0"));
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0")).Should().Be(Errno.EEXIST);
    }

    [Test]
    public void A_kind_that_the_kernel_lacks_is_an_answer_and_not_an_exception()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewLink("nosuchkind", new LinkEnd("x0")).Should().Be(Errno.EOPNOTSUPP);
    }

    [Test]
    public void A_link_is_set_up_and_down_and_given_an_mtu_and_a_name()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0"));
        var link = rtnl.GetLink("d0")!;
        rtnl.SetLink(link, new LinkChange(Up: true, Mtu: 1390, Name: "d1"));
        var row = netns.Ip("link", "show", "d1").Single();
        Flags(row).Should().Contain("UP");
        row.GetProperty("mtu").GetInt32().Should().Be(1390);
        rtnl.GetLink("d0").Should().BeNull();
        rtnl.GetLink(link.Index).Should().Be(link with { Name = "d1", Mtu = 1390, IsUp = true, HasCarrier = Flags(row).Contains("LOWER_UP") });
        rtnl.SetLink(link, new LinkChange(Up: false));
        Flags(netns.Ip("link", "show", "d1").Single()).Should().NotContain("UP");
    }

    [Test]
    public void A_link_moves_and_takes_its_new_name_in_one_step()
    {
        using var home = new TestNetns();
        using var away = new TestNetns();
        using var rtnl = home.Rtnl();
        using var awayRtnl = away.Rtnl();
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("tmp0"));
        // The old name is taken where it goes to: without the new one in the same message the move would fail.
        awayRtnl.NewLink(TestNetns.PlainKind, new LinkEnd("tmp0"));
        rtnl.SetLink(rtnl.GetLink("tmp0")!, new LinkChange(Name: "wg0", Netns: away.Fd));
        home.Ip("link").Should().ContainSingle();
        away.Ip("link", "show", "wg0").Should().ContainSingle();
    }

    [Test]
    public void A_refusal_names_the_operation_and_carries_the_kernel_s_sentence()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewVeth(new LinkEnd("d0"), new LinkEnd("d1"));
        var act = () => rtnl.SetLink(rtnl.GetLink("d0")!, new LinkChange(Mtu: 3));
        var thrown = act.Should().Throw<KernelException>().Which;
        thrown.Operation.Should().Be("set link d0 mtu 3");
        thrown.Errno.Should().Be(Errno.EINVAL);
        thrown.Extack.Should().Be("mtu less than device minimum");
    }

    [Test]
    public void Deleting_a_link_twice_is_an_answer_the_second_time()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("d0"));
        var link = rtnl.GetLink("d0")!;
        rtnl.DelLink(link).Should().Be(Errno.None);
        rtnl.DelLink(link).Should().Be(Errno.ENODEV);
        netns.Ip("link").Should().ContainSingle();
    }

    [Test]
    public void Five_hundred_links_are_all_listed()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        for (var i = 0; i < 500; i++)
        {
            rtnl.NewLink(TestNetns.PlainKind, new LinkEnd($"d{i}"));
        }

        rtnl.GetLinks().Select(l => (l.Index, l.Name)).Should().BeEquivalentTo(
            netns.Ip("link").Select(l => (l.GetProperty("ifindex").GetInt32(), l.GetProperty("ifname").GetString())));
    }

    [Test]
    public void The_socket_belongs_to_its_netns_wherever_it_is_used_from()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        rtnl.NewLink(TestNetns.PlainKind, new LinkEnd("onlyhere"));
        Task.Run(() => rtnl.GetLink("onlyhere")).GetAwaiter().GetResult().Should().NotBeNull();
        using var mine = Wgns.Linux.Rtnetlink.Rtnl.Open();
        mine.GetLink("onlyhere").Should().BeNull();
    }

    [Test]
    public void Opening_a_socket_inside_leaves_no_thread_there()
    {
        using var netns = new TestNetns();
        var id = $"net:[{Tool.Run("stat", "-L", "-c", "%i", $"/run/netns/{netns.Name}").Trim()}]";
        netns.Inside(() => File.ResolveLinkTarget("/proc/thread-self/ns/net", false)!.Name).Should().Be(id);
        using var rtnl = netns.Rtnl();
        using var generic = netns.Inside(() => NetlinkSocket.Open(NetlinkProtocol.Generic));
        rtnl.GetLinks();
        GC.Collect();
        Directory.GetDirectories("/proc/self/task")
            .Select(NetnsOf)
            .Should().NotBeEmpty().And.NotContain(id);
    }

    private static string? NetnsOf(string task)
    {
        try
        {
            return File.ResolveLinkTarget($"{task}/ns/net", false)?.Name;
        }
        catch (IOException)
        {
            // The thread ended while the list was walked.
            return null;
        }
    }

    private static IEnumerable<string?> Flags(JsonElement link) =>
        link.GetProperty("flags").EnumerateArray().Select(f => f.GetString());
}
