using System.Net;
using System.Net.Sockets;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>`wgns forward` with datagrams.</summary>
public sealed class UdpTests
{
    [Test]
    public void Each_of_many_senders_gets_its_own_answers()
    {
        const int Count = 300;
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort(SocketType.Dgram);
        Echo(lab.Serve(53, SocketType.Dgram));
        ForwardLab.ShouldListen(lab.Start($"udp:127.0.0.1:{port}", "53"), port, "-lun");
        Warm(lab, port);
        var clients = Enumerable.Range(0, Count).Select(_ => Sender(port)).ToList();
        try
        {
            for (var round = 0; round < 5; round++)
            {
                for (var i = 0; i < Count; i++)
                {
                    clients[i].Send(BitConverter.GetBytes((i * 10) + round));
                }

                for (var i = 0; i < Count; i++)
                {
                    Ask(clients[i], null).Should().Equal(BitConverter.GetBytes((i * 10) + round));
                }
            }
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    [Test]
    public void Datagrams_keep_their_bounds_the_empty_and_the_largest_too()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort(SocketType.Dgram);
        Echo(lab.Serve(53, SocketType.Dgram));
        ForwardLab.ShouldListen(lab.Start($"udp:127.0.0.1:{port}", "53"), port, "-lun");
        Warm(lab, port);
        using var client = Sender(port);
        foreach (var size in (int[])[1, 0, 1400, 1400, 1472, 9000, 65507, 3])
        {
            var sent = new byte[size];
            new Random(size).NextBytes(sent);
            Ask(client, sent).Should().Equal(sent, "a datagram of {0} bytes", size);
        }

        // Many at once: whatever is joined on the way is cut as it was.
        for (var i = 0; i < 64; i++)
        {
            client.Send(new byte[100 + (i % 2)]);
        }

        Enumerable.Range(0, 64).Select(_ => Ask(client, null).Length).Should().Equal(Enumerable.Range(0, 64).Select(i => 100 + (i % 2)));
    }

    [Test]
    public void A_sender_that_is_quiet_for_its_time_is_forgotten_and_one_that_is_not_is_kept()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort(SocketType.Dgram);
        var service = lab.Serve(53, SocketType.Dgram);
        var running = lab.Start("--flow-timeout", "5", $"udp:127.0.0.1:{port}", "53");
        ForwardLab.ShouldListen(running, port, "-lun");
        Warm(lab, port);
        service.Receive(new byte[16]).Should().Be(1);
        using var client = Sender(port);
        int SourceOf()
        {
            client.Send("x"u8);
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            service.ReceiveFrom(new byte[16], ref from);
            return ((IPEndPoint)from).Port;
        }

        var first = SourceOf();
        for (var i = 0; i < 6; i++)
        {
            Thread.Sleep(1000);
            SourceOf().Should().Be(first, "it was heard of within five seconds");
        }

        // Its socket inside goes with it.
        Until.True(() => !Within.Run(lab.Lab.Name, "ss", "-H", "-un", "dport = :53").Contains("127.0.0.1"), 20).Should().BeTrue();
        running.HasEnded.Should().BeFalse();
        SourceOf().Should().BePositive("it is known again from its next one on");
    }

    [Test]
    public void A_service_that_comes_late_is_reached_by_who_asked_before()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort(SocketType.Dgram);
        ForwardLab.ShouldListen(lab.Start($"udp:127.0.0.1:{port}", "53"), port, "-lun");
        Warm(lab, port);
        using var client = Sender(port);
        client.Send("lost"u8);
        client.Send("lost too"u8);
        Thread.Sleep(100);
        Echo(lab.Serve(53, SocketType.Dgram));
        Ask(client, [7]).Should().Equal(7);
    }

    /// <summary>It listens before it forwards: what is sent meanwhile waits, as far as there is room.</summary>
    private static void Warm(ForwardLab lab, int port)
    {
        using var first = Sender(port);
        first.Send("w"u8);
        Until.True(() => Within.Run(lab.Lab.Name, "ss", "-H", "-un", "dport = :53").Contains("127.0.0.1"), 20).Should().BeTrue();
    }

    private static Socket Sender(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10000 };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private static byte[] Ask(Socket client, byte[]? question)
    {
        if (question is not null)
        {
            client.Send(question);
        }

        var buffer = new byte[65536];
        return buffer[..client.Receive(buffer)];
    }

    private static void Echo(Socket service)
    {
        service.ReceiveTimeout = 0;
        service.ReceiveBufferSize = 4 << 20;
        new Thread(() =>
        {
            var buffer = new byte[65536];
            try
            {
                while (true)
                {
                    EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                    var length = service.ReceiveFrom(buffer, ref from);
                    service.SendTo(buffer.AsSpan(0, length), from);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The lab closed.
            }
        }) { IsBackground = true }.Start();
    }
}
