using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>[[publish]] with from = "tunnel": a port that the provider forwards.</summary>
public sealed class TunnelTests
{
    private const int Port = 51413;

    private static Lab Publishing(string engine)
    {
        var lab = new Lab(withProvider: true)
        {
            Extra = $"engine = \"{engine}\"",
            MorePeers = $"[[publish]]\nlisten = {Port}\nfrom = \"tunnel\"\n[[publish]]\nlisten = {Port}\nfrom = \"tunnel\"\nprotocol = \"udp\"\n",
        };
        lab.Save();
        lab.Up("--wait");
        return lab;
    }

    private static Socket Serve(Lab lab, int port, SocketType type)
    {
        var socket = lab.Own(SocketInside.Open(lab.Name, AddressFamily.InterNetwork, type));
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        if (type == SocketType.Stream)
        {
            socket.Listen(4);
        }

        return socket;
    }

    [TestCase("embedded")]
    [TestCase("wireguard-go")]
    public void The_provider_reaches_the_port_and_no_other(string engine)
    {
        using var lab = Publishing(engine);
        using var tcp = Serve(lab, Port, SocketType.Stream);
        using var udp = Serve(lab, Port, SocketType.Dgram);
        using var closed = Serve(lab, Port + 1, SocketType.Stream);

        using var provider = SocketInside.Connect(lab.Provider!.Name, "10.99.0.2", Port);
        using var inside = ForwardLab.Accept(tcp);
        provider.Send("hello"u8);
        var heard = new byte[16];
        Encoding.ASCII.GetString(heard, 0, inside.Receive(heard)).Should().Be("hello");

        using var sender = SocketInside.Open(lab.Provider.Name, AddressFamily.InterNetwork, SocketType.Dgram);
        sender.SendTo("datagram"u8, new IPEndPoint(IPAddress.Parse("10.99.0.2"), Port));
        udp.ReceiveTimeout = 10000;
        Encoding.ASCII.GetString(heard, 0, udp.Receive(heard)).Should().Be("datagram");

        using var refused = SocketInside.Open(lab.Provider.Name, AddressFamily.InterNetwork, SocketType.Stream);
        refused.ConnectAsync(IPAddress.Parse("10.99.0.2"), Port + 1).Wait(TimeSpan.FromSeconds(1)).Should().BeFalse("what is not published is dropped");
        lab.ShouldBeSettled();
    }

    [Test]
    public void A_port_that_was_taken_out_is_closed_by_a_reload()
    {
        using var lab = Publishing("embedded");
        using var tcp = Serve(lab, Port, SocketType.Stream);
        SocketInside.Connect(lab.Provider!.Name, "10.99.0.2", Port).Dispose();
        lab.MorePeers = string.Empty;
        lab.Save();
        lab.Reload();
        using var refused = SocketInside.Open(lab.Provider.Name, AddressFamily.InterNetwork, SocketType.Stream);
        refused.ConnectAsync(IPAddress.Parse("10.99.0.2"), Port).Wait(TimeSpan.FromSeconds(1)).Should().BeFalse();
        Within.Run(lab.Name, "nft", "list", "ruleset").Should().NotContain("published");
    }
}
