using System.Net;
using System.Net.Sockets;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Sockets;

namespace Wgns.Tests.Privileged.Sockets;

internal sealed class PacketCounterTests
{
    private const int Packets = 7;

    [Test]
    public void What_the_filter_names_is_counted_and_nothing_else([Values] bool ipv6)
    {
        using var netns = new ScratchNetns();
        Tool.Run("ip", "-n", netns.Name, "link", "set", "lo", "up");
        var to = new IPEndPoint(ipv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 9999);
        using var receiver = NetnsSockets.Udp(netns.Netns.Fd, ipv6);
        receiver.Bind(to);
        using var sender = NetnsSockets.Udp(netns.Netns.Fd, ipv6);
        sender.Bind(new IPEndPoint(to.Address, 0));

        using var all = Open(netns, PacketFilter.FromOrTo(Of("127.0.0.0/8"), Of("::1/128")));
        using var near = Open(netns, PacketFilter.FromOrTo(Of("127.0.0.0/31"), Of("::/127")));
        using var beside = Open(netns, PacketFilter.FromOrTo(Of("127.0.0.2/31"), Of("126.0.0.0/8"), Of("::2/127"), Of("fd00::/8")));
        using var port = Open(netns, PacketFilter.UdpTo(new IPEndPoint(IPAddress.Loopback, 9999)));
        using var otherPort = Open(netns, PacketFilter.UdpTo(new IPEndPoint(IPAddress.Loopback, 9998)));
        using var otherAddress = Open(netns, PacketFilter.UdpTo(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 9999)));
        for (var i = 0; i < Packets; i++)
        {
            sender.SendTo("x"u8, to);
        }

        // Loopback shows each packet going out and coming in.
        all.Take().Should().Be(2 * Packets);
        all.Take().Should().Be(0, "counting starts anew");
        near.Take().Should().Be(2 * Packets);
        port.Take().Should().Be(ipv6 ? 0 : 2 * Packets);
        beside.Take().Should().Be(0);
        otherPort.Take().Should().Be(0);
        otherAddress.Take().Should().Be(0);
    }

    [Test]
    public void A_packet_that_there_is_no_room_for_is_counted_too()
    {
        using var netns = new ScratchNetns();
        Tool.Run("ip", "-n", netns.Name, "link", "set", "lo", "up");
        using var sender = NetnsSockets.Udp(netns.Netns.Fd);
        sender.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var counter = Open(netns, PacketFilter.UdpTo((IPEndPoint)sender.LocalEndPoint!));
        for (var i = 0; i < 20_000; i++)
        {
            sender.SendTo("x"u8, sender.LocalEndPoint!);
        }

        counter.Take().Should().Be(40_000);
    }

    [Test]
    public void A_socket_made_in_a_netns_stays_there_and_leaves_no_thread_behind()
    {
        using var netns = new ScratchNetns();
        Tool.Run("ip", "-n", netns.Name, "link", "set", "lo", "up");
        using var listener = NetnsSockets.Tcp(netns.Netns.Fd);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;

        Tool.Run("ip", "netns", "exec", netns.Name, "ss", "-Hltn").Should().Contain($"127.0.0.1:{port}");
        using var outside = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        outside.Invoking(s => s.Connect(IPAddress.Loopback, port)).Should().Throw<SocketException>();
        using var inside = NetnsSockets.Tcp(netns.Netns.Fd);
        inside.Connect(IPAddress.Loopback, port);
        using var accepted = listener.Accept();
        accepted.Connected.Should().BeTrue();
        Threads.AllShouldBeAtHome();
    }

    private static PacketCounter Open(ScratchNetns netns, PacketFilter filter) =>
        NetnsThread.Run(netns.Netns.Fd, () => PacketCounter.Open(filter));

    private static Cidr Of(string text) => Cidr.TryParse(text, out var cidr) ? cidr.Value : throw new AssertionException(text);
}
