using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Wgns.Tests.Privileged.Forwarding;

/// <summary>`wgns forward` with connections.</summary>
public sealed class TcpTests
{
    [Test]
    public void The_end_of_a_question_is_passed_on_and_the_answer_comes_all_the_same()
    {
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        using var client = ForwardLab.Connect(port);
        client.Send("question"u8);
        client.Shutdown(SocketShutdown.Send);
        using var inside = ForwardLab.Accept(service);
        Encoding.ASCII.GetString(ForwardLab.ReadAll(inside)).Should().Be("question", "its end was passed on");
        inside.Send("answer"u8);
        Thread.Sleep(200);
        inside.Send("s"u8);
        inside.Shutdown(SocketShutdown.Send);
        Encoding.ASCII.GetString(ForwardLab.ReadAll(client)).Should().Be("answers");
    }

    [Test]
    public void The_end_of_an_answer_leaves_the_question_open()
    {
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);
        inside.Shutdown(SocketShutdown.Send);
        ForwardLab.ReadAll(client).Should().BeEmpty();
        client.Send("still"u8);
        client.Shutdown(SocketShutdown.Send);
        Encoding.ASCII.GetString(ForwardLab.ReadAll(inside)).Should().Be("still");
    }

    /// <summary>Pacing, which bbr does, takes a timer for each packet of a way that has no network on it.</summary>
    [Test]
    public void What_stays_in_the_machine_is_not_paced_whatever_it_does_to_connections()
    {
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);

        Within.Run(lab.Lab.Name, "ss", "-Htin", "state", "established", "dport = :80").Should().Contain(" reno ");
        Tool.Run("ss", "-Htin", "state", "established", $"sport = :{ForwardLab.Text(port)}").Should().Contain(" reno ");
    }

    [Test]
    public void A_thousand_connections_at_once_each_have_their_own_bytes()
    {
        const int Count = 1000;
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        var clients = new List<Socket>();
        var inside = new List<Socket>();
        try
        {
            for (var i = 0; i < Count; i++)
            {
                clients.Add(ForwardLab.Connect(port));
                inside.Add(ForwardLab.Accept(service));
            }

            // All are open. Each says who it is, and is answered by whoever heard that, in another order.
            for (var i = 0; i < Count; i++)
            {
                clients[i].Send(BitConverter.GetBytes(i));
            }

            foreach (var one in Enumerable.Reverse(inside))
            {
                var number = new byte[4];
                one.Receive(number).Should().Be(4);
                one.Send(BitConverter.GetBytes(~BitConverter.ToInt32(number)));
            }

            for (var i = 0; i < Count; i++)
            {
                var answer = new byte[4];
                clients[i].Receive(answer).Should().Be(4);
                BitConverter.ToInt32(answer).Should().Be(~i);
            }
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
            inside.ForEach(c => c.Dispose());
        }
    }

    [Test]
    public void Much_in_both_directions_at_once_arrives_byte_for_byte()
    {
        const int Bytes = 96 << 20;
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);
        var there = Task.Run(() => Send(client, Bytes, 1));
        var back = Task.Run(() => Send(inside, Bytes, 2));
        var arrived = Task.Run(() => Receive(inside));
        var returned = Receive(client);
        returned.Should().Be((Bytes, back.GetAwaiter().GetResult()));
        arrived.GetAwaiter().GetResult().Should().Be((Bytes, there.GetAwaiter().GetResult()));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Who_breaks_off_is_seen_to_on_the_other_side(bool isClient)
    {
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);
        var (breaks, sees) = isClient ? (client, inside) : (inside, client);
        breaks.LingerState = new LingerOption(true, 0);
        breaks.Dispose();
        var seeing = () => sees.Receive(new byte[1]);
        seeing.Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
    }

    /// <summary>Whoever sends to the one that breaks off hears of it first, and the kernel says it once.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void An_answer_that_was_cut_short_does_not_look_whole_to_who_was_still_sending(bool isClient)
    {
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        for (var i = 0; i < 5; i++)
        {
            using var client = ForwardLab.Connect(port);
            using var inside = ForwardLab.Accept(service);
            var (breaks, sees) = isClient ? (client, inside) : (inside, client);
            Fill(sees);
            breaks.Send("part"u8);
            Thread.Sleep(50);
            breaks.LingerState = new LingerOption(true, 0);
            breaks.Dispose();
            var seeing = () => ForwardLab.ReadAll(sees);
            seeing.Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        }
    }

    [Test]
    public void The_answer_of_who_does_not_hear_the_question_out_arrives()
    {
        using var lab = new ForwardLab();
        var (service, port) = lab.ServeAndForward();
        using var client = ForwardLab.Connect(port);
        using var inside = ForwardLab.Accept(service);
        Fill(client);
        inside.Send("too long"u8);
        inside.Dispose();
        var answer = new byte[8];
        client.Receive(answer).Should().Be(8);
        Encoding.ASCII.GetString(answer).Should().Be("too long");
    }

    [Test]
    public void Where_nobody_listens_inside_the_connection_is_closed_and_that_is_said_once()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort();
        var running = lab.Forward(port);
        for (var i = 0; i < 20; i++)
        {
            using var client = ForwardLab.Connect(port);
            var seeing = () => client.Receive(new byte[1]);
            seeing.Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        }

        running.Signal("TERM").End().Errors.Split('\n').Where(l => l.Contains("refused")).Should().Equal("wgns: connect to 127.0.0.1:80: Connection refused");
    }

    [Test]
    public void The_service_learns_who_connects_by_the_PROXY_protocol()
    {
        using var lab = new ForwardLab();
        var port = ForwardLab.FreePort();
        var service = lab.Serve(80);
        ForwardLab.ShouldListen(lab.Start(ForwardLab.Text(port), "proxy:80"), port);
        using var client = ForwardLab.Connect(port);
        client.Send("GET"u8);
        client.Shutdown(SocketShutdown.Send);
        using var inside = ForwardLab.Accept(service);
        var source = ((System.Net.IPEndPoint)client.LocalEndPoint!).Port;
        Convert.ToHexString(ForwardLab.ReadAll(inside)).Should().Be(
            $"0D0A0D0A000D0A515549540A2111000C7F0000017F000001{source:X4}{port:X4}{Convert.ToHexString("GET"u8)}");
    }

    /// <summary>As much as there is room for on the whole way. Nobody sends afterwards: who does may be told of a reset in the reader's place.</summary>
    private static void Fill(Socket socket)
    {
        var bytes = new byte[65536];
        while (socket.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectWrite))
        {
            socket.Blocking = false;
            socket.Send(bytes, SocketFlags.None, out _);
            socket.Blocking = true;
        }
    }

    private static string Send(Socket socket, int bytes, int seed)
    {
        var random = new Random(seed);
        var buffer = new byte[77_777];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var left = bytes; left > 0;)
        {
            random.NextBytes(buffer);
            var piece = buffer.AsSpan(0, Math.Min(left, 1 + random.Next(buffer.Length)));
            hash.AppendData(piece);
            for (var rest = piece; !rest.IsEmpty;)
            {
                rest = rest[socket.Send(rest)..];
            }

            left -= piece.Length;
        }

        socket.Shutdown(SocketShutdown.Send);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static (int Bytes, string Hash) Receive(Socket socket)
    {
        var buffer = new byte[100_000];
        var bytes = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (socket.Receive(buffer) is > 0 and var length)
        {
            hash.AppendData(buffer, 0, length);
            bytes += length;
        }

        return (bytes, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
