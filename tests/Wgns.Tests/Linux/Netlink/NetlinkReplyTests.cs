using Wgns.Linux;
using Wgns.Linux.Netlink;

namespace Wgns.Tests.Linux.Netlink;

public sealed class NetlinkReplyTests
{
    // nlmsghdr {len, NLMSG_ERROR = 2, flags = 0x300 (capped, with TLVs), seq 1, pid}, error = -22,
    // the refused message's header, then NLMSGERR_ATTR_MSG = 1 with "no".
    private const string CappedError =
        """
        2c000000 0200 0003 01000000 00000000  eaffffff
        20000000 1000 0500 01000000 00000000
        0700 0100 6e6f00 00
        """;

    // The same from a kernel without NETLINK_CAP_ACK: the refused message's payload (16 bytes) is there as well.
    private const string FullError =
        """
        3c000000 0200 0002 01000000 00000000  eaffffff
        20000000 1000 0500 01000000 00000000  01020304 05060708 090a0b0c 0d0e0f10
        0700 0100 6e6f00 00
        """;

    [TestCase(CappedError)]
    [TestCase(FullError)]
    public void An_error_carries_the_kernel_s_sentence(string hex)
    {
        using var reply = Read(hex);
        reply.Errno.Should().Be(Errno.EINVAL);
        reply.Extack.Should().Be("no");
        reply.Count.Should().Be(0);
        var act = () => reply.Check("create link wg0");
        act.Should().Throw<KernelException>().WithMessage("create link wg0: Invalid argument (no)");
        reply.Check("create link wg0", Errno.EEXIST, Errno.EINVAL).Should().Be(Errno.EINVAL);
    }

    [Test]
    public void An_acknowledgement_is_an_error_of_zero()
    {
        using var reply = Read("24000000 0200 0001 01000000 00000000 00000000 20000000 1000 0500 01000000 00000000");
        reply.IsComplete.Should().BeTrue();
        reply.Errno.Should().Be(Errno.None);
    }

    [Test]
    public void A_dump_s_error_stands_in_its_last_message()
    {
        using var reply = Read("14000000 0300 0200 01000000 00000000 edffffff");
        reply.Errno.Should().Be(Errno.ENODEV);
    }

    [Test]
    public void A_late_answer_to_an_earlier_request_is_skipped()
    {
        using var reply = Read(
            "14000000 1000 0000 09000000 00000000 aaaaaaaa  14000000 0200 0001 09000000 00000000 00000000");
        reply.IsComplete.Should().BeFalse();
        reply.Count.Should().Be(0);
    }

    [TestCase("0f000000 1000 0000 01000000 00000000")]
    [TestCase("11000000 1000 0000 01000000 00000000")]
    [TestCase("ffffffff 1000 0000 01000000 00000000")]
    [TestCase("10000000 1000")]
    [TestCase("12000000 0200 0000 01000000 00000000 0000")]
    public void A_malformed_message_is_a_protocol_error(string hex)
    {
        var act = () => Read(hex);
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EPROTO);
    }

    [Test]
    public void An_overrun_is_an_error_and_not_a_short_list()
    {
        var act = () => Read("10000000 0400 0000 01000000 00000000");
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.ENOBUFS);
    }

    [Test]
    public void A_reply_over_many_datagrams_keeps_every_message()
    {
        using var reply = new NetlinkReply();
        for (uint i = 0; i < 3000; i++)
        {
            using var part = new MessageWriter(16);
            Take(reply, part.U32(1, i).Finish(1, Nl.NLM_F_MULTI));
        }

        Take(reply, Bytes.Of("14000000 0300 0200 01000000 00000000 00000000"));
        var seen = new List<uint>();
        foreach (var message in reply)
        {
            foreach (var attribute in message.AttributesAt(0))
            {
                seen.Add(attribute.U32!.Value);
            }
        }

        seen.Should().Equal(Enumerable.Range(0, 3000).Select(i => (uint)i));
    }

    [Test]
    public void Disposal_wipes_what_was_received()
    {
        var reply = new NetlinkReply();
        var room = reply.Reserve(16);
        Bytes.Of("10000000 0400 0000 09000000 00000000").CopyTo(room);
        reply.Commit(16, 1);
        reply.Dispose();
        room.ContainsAnyExcept((byte)0).Should().BeFalse();
    }

    private static NetlinkReply Read(string hex)
    {
        var reply = new NetlinkReply();
        Take(reply, Bytes.Of(hex));
        return reply;
    }

    private static void Take(NetlinkReply reply, ReadOnlySpan<byte> datagram)
    {
        datagram.CopyTo(reply.Reserve(datagram.Length));
        reply.Commit(datagram.Length, 1);
    }
}
