using Wgns.Linux;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Tests.Linux.Netlink;

public sealed class DumpTests
{
    [Test]
    public void A_dump_that_was_interrupted_is_asked_for_again()
    {
        using var netlink = new ScriptedNetlink().Answer(Interrupted("old"), ScriptedNetlink.Done()).Answer(Link("new"), ScriptedNetlink.Done());
        using var rtnl = new Rtnl(netlink);
        rtnl.GetLinks().Should().ContainSingle().Which.Name.Should().Be("new");
        netlink.Requests.Should().HaveCount(2);
        netlink.IsExhausted.Should().BeTrue();
    }

    [Test]
    public void A_dump_that_never_stands_still_fails_and_does_not_go_on_for_ever()
    {
        using var netlink = new ScriptedNetlink();
        for (var i = 0; i < 10; i++)
        {
            netlink.Answer(Interrupted("wg0"), ScriptedNetlink.Done());
        }

        using var rtnl = new Rtnl(netlink);
        var act = () => rtnl.GetLinks();
        act.Should().Throw<KernelException>().Which.Errno.Should().Be(Errno.EINTR);
        netlink.Requests.Should().HaveCount(3);
    }

    [Test]
    public void A_dump_s_request_has_the_dump_flags()
    {
        using var netlink = new ScriptedNetlink().Answer(ScriptedNetlink.Done());
        using var rtnl = new Rtnl(netlink);
        rtnl.GetLinks().Should().BeEmpty();
        BitConverter.ToUInt16(netlink.Requests[0], 6).Should().Be(0x301);
    }

    private static byte[] Interrupted(string name) => Link(name, Nl.NLM_F_DUMP_INTR);

    private static byte[] Link(string name, ushort flags = 0)
    {
        using var writer = new MessageWriter(Rt.RTM_NEWLINK, flags);
        return writer.Struct(new IfInfoMsg { ifi_index = 3 }).Text(Rt.IFLA_IFNAME, name).Finish(0, Nl.NLM_F_MULTI).ToArray();
    }
}
