using System.Net;
using Wgns.Linux;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Tests.Linux.Rtnetlink;

/// <summary>
/// The requests against bytes written down by hand: nlmsghdr {u32 len, u16 type, u16 flags, u32 seq, u32 pid}, the
/// family's header, attributes {u16 len, u16 type, value, padding to 4}. Flags: request 1, ack 4, excl 0x200, create 0x400.
/// </summary>
public sealed class RtnlTests
{
    private static readonly Link s_wg0 = new(7, "wg0", "wireguard", 1420, false, null, null);

    [Test]
    public void A_link_is_made_in_its_netns_by_one_message()
    {
        using var netns = new OwnedFd(100_000);
        var request = Sent(r => r.NewLink("wireguard", new LinkEnd("wg0", 1420, netns)));
        // ifinfomsg {u8 family, u8, u16 type, s32 index, u32 flags, u32 change} is all zeros.
        // IFLA_IFNAME 3, IFLA_MTU 4, IFLA_NET_NS_FD 28 (0x1c) of 100000 (0x186a0), IFLA_LINKINFO 18 (0x12) nested
        // (0x8000) with IFLA_INFO_KIND 1.
        request.Should().Equal(Bytes.Of(
            """
            4c000000 1000 0506 01000000 00000000
            00 00 0000 00000000 00000000 00000000
            0800 0300 77673000
            0800 0400 8c050000
            0800 1c00 a0860100
            1400 1280  0e00 0100 776972656775617264 00 0000
            """));
        netns.SetHandleAsInvalid();
    }

    [Test]
    public void A_veth_s_peer_is_described_inside_as_a_link_of_its_own()
    {
        using var netns = new OwnedFd(9);
        var request = Sent(r => r.NewVeth(new LinkEnd("a"), new LinkEnd("b", Netns: netns)));
        // IFLA_LINKINFO {IFLA_INFO_KIND 1 "veth", IFLA_INFO_DATA 2 {VETH_INFO_PEER 1 {ifinfomsg, IFLA_IFNAME, IFLA_NET_NS_FD}}}
        request.AsSpan(40).ToArray().Should().Equal(Bytes.Of(
            """
            3800 1280
              0900 0100 7665746800 000000
              2800 0280
                2400 0180
                  00000000 00000000 00000000 00000000
                  0600 0300 6200 0000
                  0800 1c00 09000000
            """));
        netns.SetHandleAsInvalid();
    }

    [Test]
    public void A_move_up_and_renaming_go_in_one_message()
    {
        using var netns = new OwnedFd(9);
        var request = Sent(r => r.SetLink(s_wg0, new LinkChange(true, 1380, "vpn", netns)));
        // RTM_SETLINK 19; ifinfomsg with index 7, flags and change IFF_UP.
        request.Should().Equal(Bytes.Of(
            """
            38000000 1300 0500 01000000 00000000
            00 00 0000 07000000 01000000 01000000
            0800 1c00 09000000
            0800 0300 76706e00
            0800 0400 64050000
            """));
        netns.SetHandleAsInvalid();
    }

    [Test]
    public void An_address_has_both_its_attributes_and_no_detection_where_asked()
    {
        // ifaddrmsg {u8 family 10, u8 prefix 64, u8 flags IFA_F_NODAD 2, u8 scope, u32 index}; IFA_LOCAL 2, IFA_ADDRESS 1.
        Sent(r => r.AddAddress(s_wg0, Net("fd00::2/64"), noDad: true)).Should().Equal(Bytes.Of(
            """
            40000000 1400 0506 01000000 00000000
            0a 40 02 00 07000000
            1400 0200 fd000000 00000000 00000000 00000002
            1400 0100 fd000000 00000000 00000000 00000002
            """));
    }

    [Test]
    public void A_default_route_by_the_link_has_no_destination_attribute()
    {
        // rtmsg {family 2, dst_len 0, src_len, tos, table 254, protocol boot 3, scope link 253, type unicast 1, u32 flags};
        // RTA_OIF 4.
        Sent(r => r.AddRoute(s_wg0, new Route(Net("0.0.0.0/0")))).Should().Equal(Bytes.Of(
            """
            24000000 1800 0506 01000000 00000000
            02 00 00 00 fe 03 fd 01 00000000
            0800 0400 07000000
            """));
    }

    [Test]
    public void A_route_with_everything_has_its_host_bits_cleared()
    {
        var route = new Route(Net("10.9.8.7/16"), IPAddress.Parse("10.0.0.1"), 77, 1280);
        // RTA_DST 1, RTA_OIF 4, RTA_GATEWAY 5, RTA_PRIORITY 6, RTA_METRICS 8 nested {RTAX_MTU 2}.
        Sent(r => r.AddRoute(s_wg0, route)).AsSpan(16).ToArray().Should().Equal(Bytes.Of(
            """
            02 10 00 00 fe 03 00 01 00000000
            0800 0100 0a090000
            0800 0400 07000000
            0800 0500 0a000001
            0800 0600 4d000000
            0c00 0880  0800 0200 00050000
            """));
    }

    [Test]
    public void Expected_answers_come_back_and_others_are_thrown_with_the_kernel_s_sentence()
    {
        using var netlink = new ScriptedNetlink().Ack(Errno.EEXIST).Ack(Errno.EPERM, "not yours");
        using var rtnl = new Rtnl(netlink);
        rtnl.AddAddress(s_wg0, Net("10.0.0.2/32")).Should().Be(Errno.EEXIST);
        var act = () => rtnl.AddAddress(s_wg0, Net("10.0.0.2/32"));
        act.Should().Throw<KernelException>()
            .WithMessage("add address 10.0.0.2/32 to wg0: Operation not permitted (not yours)");
    }

    [Test]
    public void A_header_that_is_cut_off_is_a_protocol_error()
    {
        using var netlink = new ScriptedNetlink()
            .Answer(Bytes.Of("14000000 1000 0000 00000000 00000000 00000000"), ScriptedNetlink.Done());
        using var rtnl = new Rtnl(netlink);
        var act = () => rtnl.GetLinks();
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EPROTO);
    }

    [Test]
    public void Disposal_closes_the_socket()
    {
        var netlink = new ScriptedNetlink();
        new Rtnl(netlink).Dispose();
        netlink.IsDisposed.Should().BeTrue();
    }

    private static byte[] Sent(Action<Rtnl> action)
    {
        using var netlink = new ScriptedNetlink().Ack();
        using var rtnl = new Rtnl(netlink);
        action(rtnl);
        return netlink.Requests.Should().ContainSingle().Which;
    }

    private static Cidr Net(string text) => Cidr.TryParse(text, out var cidr) ? cidr.Value : throw new FormatException(text);
}
