using Wgns.Linux;
using Wgns.Linux.Genetlink;
using Wgns.Linux.Netlink;
using Wgns.Linux.Nftables;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.Sockets;

namespace Wgns.Tests.Linux;

public sealed class HeaderLayoutTests
{
    [Test]
    public void Netlink_is_as_the_headers_have_it() => new HeaderAssert("sys/socket.h", "linux/netlink.h")
        .Constants(typeof(Nl))
        .Struct<NlMsgHdr>("struct nlmsghdr")
        .Struct<NlAttr>("struct nlattr")
        .Struct<SockAddrNl>("struct sockaddr_nl")
        .Verify();

    [Test]
    public void Rtnetlink_is_as_the_headers_have_it() =>
        new HeaderAssert("sys/socket.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_addr.h", "linux/if.h", "linux/veth.h", "linux/fib_rules.h")
            .Constants(typeof(Rt))
            .Struct<IfInfoMsg>("struct ifinfomsg", ("pad", "__ifi_pad"))
            .Struct<IfAddrMsg>("struct ifaddrmsg")
            .Struct<RtMsg>("struct rtmsg")
            .Struct<RtNextHop>("struct rtnexthop")
            .Struct<FibRuleHdr>("struct fib_rule_hdr")
            .Verify();

    [Test]
    public void Generic_netlink_and_WireGuard_are_as_the_headers_have_them() =>
        new HeaderAssert("netinet/in.h", "linux/genetlink.h", "linux/time_types.h", "linux/wireguard.h")
            .Constants(typeof(Genl))
            .Constants(typeof(Wg))
            .Struct<GenlMsgHdr>("struct genlmsghdr")
            .Struct<KernelTimespec>("struct __kernel_timespec")
            .Struct<SockAddrIn>("struct sockaddr_in")
            .Struct<SockAddrIn6>("struct sockaddr_in6")
            .Verify();

    [Test]
    public void Sockets_are_as_the_headers_have_them() => new HeaderAssert("sys/socket.h", "sys/time.h")
        .ConstantsNamed(
            typeof(Libc),
            "AF_UNSPEC",
            "AF_INET",
            "AF_INET6",
            "AF_NETLINK",
            "SOCK_RAW",
            "SOCK_CLOEXEC",
            "SOL_SOCKET",
            "SO_RCVTIMEO",
            "SO_SNDTIMEO",
            "MSG_PEEK",
            "MSG_TRUNC")
        .Struct<Libc.TimeVal>("struct timeval")
        .Verify();

    [Test]
    public void Questions_about_unix_sockets_are_as_the_headers_have_them() => new HeaderAssert("linux/sock_diag.h", "linux/unix_diag.h")
        .ConstantsNamed(typeof(UnixSock), "SOCK_DIAG_BY_FAMILY", "UDIAG_SHOW_PEER", "UNIX_DIAG_PEER")
        .Struct<UnixDiagReq>("struct unix_diag_req", ("udiag_cookie0", "udiag_cookie[0]"), ("udiag_cookie1", "udiag_cookie[1]"))
        .Struct<UnixDiagMsg>("struct unix_diag_msg", ("udiag_cookie0", "udiag_cookie[0]"), ("udiag_cookie1", "udiag_cookie[1]"))
        .Verify();

    [Test]
    public void Conversations_that_the_kernel_keeps_are_as_the_headers_have_them() =>
        new HeaderAssert("linux/netfilter/nfnetlink.h", "linux/netfilter/nfnetlink_conntrack.h")
            .ConstantsNamed(
                typeof(Ct),
                "CTA_TUPLE_ORIG",
                "CTA_TUPLE_REPLY",
                "CTA_ID",
                "CTA_ZONE",
                "CTA_FILTER",
                "CTA_FILTER_ORIG_FLAGS",
                "CTA_TUPLE_IP",
                "CTA_TUPLE_PROTO",
                "CTA_IP_V4_SRC",
                "CTA_IP_V4_DST",
                "CTA_IP_V6_SRC",
                "CTA_IP_V6_DST",
                "CTA_PROTO_NUM",
                "CTA_PROTO_SRC_PORT",
                "CTA_PROTO_DST_PORT")
            .Struct<NfGenMsg>("struct nfgenmsg")
            .Verify();

    [Test]
    public void A_wrong_constant_is_found() => new HeaderAssert("linux/rtnetlink.h")
        .Constants(typeof(Wrong))
        .Compile().Should().Contain("Wrong.IFLA_MTU").And.NotContain("Wrong.IFLA_IFNAME");

    [Test]
    public void A_wrong_layout_is_found() => new HeaderAssert("linux/netlink.h")
        .Struct<Swapped>("struct nlattr")
        .Compile().Should().Contain("offset of nla_len").And.Contain("offset of nla_type");

    private static class Wrong
    {
        public const int IFLA_IFNAME = 3;
        public const int IFLA_MTU = 5;
    }

    private record struct Swapped
    {
        public ushort nla_type = 0;
        public ushort nla_len = 0;

        public Swapped()
        {
        }
    }
}
