using Wgns.Linux;
using Wgns.Linux.Genetlink;
using Wgns.Linux.Netlink;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Tests.Privileged.Genetlink;

public sealed class FamilyTests
{
    [Test]
    public void The_controller_knows_itself()
    {
        using var netlink = NetlinkSocket.Open(NetlinkProtocol.Generic);
        // GENL_ID_CTRL, the one id that is fixed.
        Family.Resolve(netlink, "nlctrl")!.Id.Should().Be(16);
    }

    [Test]
    public void A_family_that_the_kernel_lacks_is_null()
    {
        using var netlink = NetlinkSocket.Open(NetlinkProtocol.Generic);
        Family.Resolve(netlink, "nosuchfamily").Should().BeNull();
    }

    [Test]
    public void A_device_of_the_kernel_is_set_and_read_back_and_is_what_wg_shows()
    {
        using var netns = new TestNetns();
        using var rtnl = netns.Rtnl();
        if (rtnl.NewLink("wireguard", new LinkEnd("wg0")) == Errno.EOPNOTSUPP)
        {
            Assert.Ignore("no kernel WireGuard here");
        }

        using var device = WireGuardNetlink.Open(netns.Inside(() => NetlinkSocket.Open(NetlinkProtocol.Generic)), "wg0")!;
        var peers = Enumerable.Range(1, 300).Select(i => new PeerChange(
            Key(i), false, false, null, null, 25, true, [.. Enumerable.Range(0, i == 7 ? 700 : 2).Select(n => Net(i, n))]));
        device.Set(new DeviceChange(null, 41821, 5, [.. peers]));

        var read = device.Get()!;
        read.ListenPort.Should().Be(41821);
        read.Peers.Should().HaveCount(300);
        var shown = netns.Exec("wg", "show", "wg0", "allowed-ips").Trim().Split('\n').Select(l => l.Split('\t'));
        read.Peers.ToDictionary(p => p.PublicKey.ToString(), p => p.AllowedIps.Length)
            .Should().BeEquivalentTo(shown.ToDictionary(l => l[0], l => l[1].Split(' ').Length));
    }

    private static WireGuardKey Key(int number)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number);
        return new WireGuardKey(bytes);
    }

    private static Cidr Net(int peer, int number) =>
        new(new System.Net.IPAddress([10, (byte)(peer >> 4), (byte)(((peer & 15) << 4) | (number >> 8)), (byte)number]), 32);
}
