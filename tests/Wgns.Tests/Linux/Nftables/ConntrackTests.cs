using System.Net;
using Wgns.Linux;
using Wgns.Linux.Netlink;
using Wgns.Linux.Nftables;

namespace Wgns.Tests.Linux.Nftables;

/// <summary>
/// Requests and answers by hand: nlmsghdr {u32 len, u16 type, u16 flags, u32 seq, u32 pid}, nfgenmsg {u8 family, u8 version, u16 id},
/// attributes {u16 len, u16 type, value, padding to 4}; addresses and ports in network order.
/// </summary>
public sealed class ConntrackTests
{
    // From 10.9.0.2:4010 to 10.9.0.1:5000, as it was sent.
    private const string Asked = """
        3400 0180
          1400 0180  0800 0100 0a090002  0800 0200 0a090001
          1c00 0280  0500 0100 11000000  0600 0200 0faa0000  0600 0300 13880000
        """;

    // 198.18.0.2:5001 answers 198.18.0.1:4010.
    private const string Answered = """
        3400 0280
          1400 0180  0800 0100 c6120002  0800 0200 c6120001
          1c00 0280  0500 0100 11000000  0600 0200 13890000  0600 0300 0faa0000
        """;

    private const string Id = "0800 0c00 401be384";

    [Test]
    public void Conversations_with_a_port_are_listed_and_those_to_be_forgotten_are_deleted_each_by_its_id()
    {
        var seen = new List<UdpFlow>();
        using var netlink = new ScriptedNetlink().Answer(Bytes.Of($"84000000 0001 0200 00000000 00000000  02 00 0000 {Asked} {Answered} {Id}"), ScriptedNetlink.Done()).Ack();

        Conntrack.ForgetUdp(netlink, isIPv6: false, 5000, flow =>
        {
            seen.Add(flow);
            return true;
        });

        seen.Should().Equal(new UdpFlow(IPEndPoint.Parse("10.9.0.1:5000"), IPEndPoint.Parse("198.18.0.2:5001"), IsMasqueraded: true));
        netlink.Requests.Should().HaveCount(2);

        // CTA_TUPLE_ORIG 1 {CTA_TUPLE_PROTO 2 {number 1, destination port 3}}, CTA_FILTER 25 {CTA_FILTER_ORIG_FLAGS 1: those two}.
        netlink.Requests[0].Should().Equal(Bytes.Of(
            """
            38000000 0101 0103 01000000 00000000
            02 00 0000
            1800 0180  1400 0280  0500 0100 11000000  0600 0300 13880000
            0c00 1980  0800 0100 28000000
            """));
        netlink.Requests[1].Should().Equal(Bytes.Of($"50000000 0201 0500 02000000 00000000  02 00 0000 {Asked} {Id}"));
    }

    [Test]
    public void One_that_is_to_stay_stays_and_a_kernel_that_cannot_list_them_keeps_them()
    {
        using var netlink = new ScriptedNetlink().Answer(Bytes.Of($"84000000 0001 0200 00000000 00000000  02 00 0000 {Asked} {Answered} {Id}"), ScriptedNetlink.Done()).Ack(Errno.EINVAL);

        Conntrack.ForgetUdp(netlink, isIPv6: false, 5000, _ => false);
        Conntrack.ForgetUdp(netlink, isIPv6: true, 5000, _ => true);

        netlink.IsExhausted.Should().BeTrue("nothing was deleted");
    }
}
