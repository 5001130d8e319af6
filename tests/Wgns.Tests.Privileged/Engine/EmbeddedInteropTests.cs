using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.WireGuard;
using Wgns.WireGuard;

namespace Wgns.Tests.Privileged.Engine;

/// <summary>The embedded engine with real TUNs and sockets, against Debian's wireguard-go and against itself.</summary>
public sealed class EmbeddedInteropTests
{
    private static readonly TestCaseData[] Pairs = [new(true, false), new(false, true), new(true, true)];

    [TestCaseSource(nameof(Pairs))]
    public void Whoever_begins_both_talk_over_every_version_of_ip_inside_and_outside(bool first, bool second)
    {
        foreach (var outer in new[] { "127.0.0.1", "::1" })
        {
            using var pair = new EnginePair(first, second, outer);
            Transfer(pair.First, pair.Second, pair.Second.Address, 2_000_000);
            Transfer(pair.Second, pair.First, pair.First.Address6, 2_000_000);
            pair.First.Peer[4].Should().NotBe("0", "there was a handshake");
            pair.First.Peer[5..7].Should().OnlyContain(n => long.Parse(n, CultureInfo.InvariantCulture) > 2_000_000, "what came and what went is counted");
        }
    }

    [TestCaseSource(nameof(Pairs))]
    public void Datagrams_of_every_size_up_to_the_mtu_and_beyond_arrive_whole(bool first, bool second)
    {
        using var pair = new EnginePair(first, second, mtu: 1280);
        foreach (var ipv6 in new[] { false, true })
        {
            var (from, to) = (ipv6 ? pair.First.Address6 : pair.First.Address, ipv6 ? pair.Second.Address6 : pair.Second.Address);
            using var here = pair.First.Listen(from, 901, SocketType.Dgram);
            using var there = pair.Second.Listen(to, 902, SocketType.Dgram);
            var edge = 1280 - (ipv6 ? 48 : 28);
            foreach (var size in new[] { 0, 1, 15, 16, 17, edge - 17, edge - 16, edge - 15, edge - 1, edge, edge + 1, 5000 })
            {
                Cross(here, there, RandomNumberGenerator.GetBytes(size));
                Cross(there, here, RandomNumberGenerator.GetBytes(size));
            }
        }
    }

    [TestCaseSource(nameof(Pairs))]
    public void Either_side_may_move_to_another_port(bool first, bool second)
    {
        using var pair = new EnginePair(first, second);
        Transfer(pair.First, pair.Second, pair.Second.Address, 1000);
        foreach (var (mover, other) in new[] { (pair.First, pair.Second), (pair.Second, pair.First) })
        {
            var before = mover.Port;
            mover.Wg("listen-port", "0");
            Until.True(() => mover.Port != before).Should().BeTrue();
            Transfer(mover, other, other.Address, 1000);
            Transfer(other, mover, mover.Address, 1000);
            other.Peer[2].Should().Be($"127.0.0.1:{mover.Port}");
        }
    }

    [TestCaseSource(nameof(Pairs))]
    public void A_keepalive_alone_makes_and_keeps_a_session(bool first, bool second)
    {
        using var pair = new EnginePair(first, second);
        pair.First.WgPeer(pair.Second, "persistent-keepalive", "1");
        Until.True(() => pair.Second.Peer[4] != "0").Should().BeTrue("there is a handshake");
        var received = long.Parse(pair.Second.Peer[5], CultureInfo.InvariantCulture);
        Until.True(() => long.Parse(pair.Second.Peer[5], CultureInfo.InvariantCulture) >= received + 64).Should().BeTrue("an empty message comes each second");
    }

    [Test]
    public void A_session_goes_on_when_the_configuration_is_set_again_or_changed()
    {
        using var pair = new EnginePair(true, false);
        Transfer(pair.First, pair.Second, pair.Second.Address, 1000);
        var handshake = pair.First.Peer[4];
        using var listener = pair.Second.Listen(pair.Second.Address, 81, SocketType.Stream);
        using var near = pair.First.Connect(pair.Second.Address, 81);
        using var far = listener.Accept();
        var file = Path.GetTempFileName();
        File.WriteAllText(file, Tool.Run("wg", "showconf", pair.First.Ifname));
        Tool.Run("wg", "syncconf", pair.First.Ifname, file);
        File.AppendAllText(file, "PersistentKeepalive = 25\n");
        Tool.Run("wg", "syncconf", pair.First.Ifname, file);
        File.Delete(file);
        near.Send("still there"u8);
        far.Receive(new byte[100]).Should().Be(11);
        pair.First.Peer[4].Should().Be(handshake);
        pair.First.Peer[7].Should().Be("25");
    }

    [Test]
    public void A_port_that_is_taken_is_refused_and_the_old_one_stays()
    {
        using var pair = new EnginePair(true, true);
        var port = pair.First.Port;
        Tool.Ask("wg", "set", pair.First.Ifname, "listen-port", pair.Second.Port.ToString(CultureInfo.InvariantCulture)).Errors
            .Should().Contain("Address already in use");
        pair.First.Port.Should().Be(port);
        Transfer(pair.First, pair.Second, pair.Second.Address, 1000);
    }

    [TestCase("0.0.0.0")]
    [TestCase("::")]
    public void A_port_that_only_one_version_of_ip_has_free_is_refused_and_both_keep_the_old_one(string taken)
    {
        foreach (var outer in new[] { "127.0.0.1", "::1" })
        {
            using var pair = new EnginePair(true, true, outer);
            Transfer(pair.First, pair.Second, pair.Second.Address, 1000);
            var address = IPAddress.Parse(taken);
            using var socket = SocketInside.Open(pair.Between.Name, address.AddressFamily, SocketType.Dgram);
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.IPv6Only, true);
            }

            socket.Bind(new IPEndPoint(address, 0));
            var (port, theirs) = (pair.First.Port, ((IPEndPoint)socket.LocalEndPoint!).Port);

            Tool.Ask("wg", "set", pair.First.Ifname, "listen-port", theirs.ToString(CultureInfo.InvariantCulture)).Errors
                .Should().Contain("Address already in use");

            pair.First.Port.Should().Be(port);
            Transfer(pair.Second, pair.First, pair.First.Address, 1000);
            pair.Second.Peer[2].Should().EndWith($":{port}", "it has not moved");
        }
    }

    [Test]
    public void It_ends_when_its_link_is_deleted_its_socket_removed_or_it_is_told_to()
    {
        foreach (var end in new Action<EnginePair.Side>[] { s => s.DeleteLink(), s => s.RemoveSocket(), s => s.Signal("TERM"), s => s.Signal("KILL") })
        {
            using var pair = new EnginePair(true, true);
            Transfer(pair.First, pair.Second, pair.Second.Address, 1000);
            end(pair.First);
            Until.True(() => pair.First.HasEnded).Should().BeTrue();
        }
    }

    [Test]
    public void It_answers_again_when_descriptors_that_had_run_out_are_there_again()
    {
        using var pair = new EnginePair(true, true);
        pair.First.MayOpen(10);
        Tool.Ask("timeout", "2", "wg", "show", pair.First.Ifname).Exit.Should().NotBe(0, "it cannot answer");
        pair.First.MayOpen(1024);
        Until.True(() => Tool.Ask("timeout", "2", "wg", "show", pair.First.Ifname).Exit == 0).Should().BeTrue();
        Transfer(pair.First, pair.Second, pair.Second.Address, 1000);
    }

    [TestCaseSource(nameof(Pairs))]
    public void Under_a_flood_of_handshakes_strangers_get_cookies_and_peers_a_session(bool first, bool second)
    {
        using var pair = new EnginePair(first, second);
        using var socket = SocketInside.Open(pair.Between.Name, AddressFamily.InterNetwork, SocketType.Dgram);
        socket.Blocking = false;
        socket.Connect(new IPEndPoint(IPAddress.Loopback, pair.Second.Port));
        var initiation = Initiation(pair.Second.PublicKey);
        var (cookies, responses) = (0, 0);
        using var stop = new CancellationTokenSource();
        var flood = new Thread(() =>
        {
            var buffer = new byte[2048];
            while (!stop.IsCancellationRequested)
            {
                // Ten times what can be answered, and not so many that a peer's own are never among those that find room.
                for (var i = 0; i < 300; i++)
                {
                    socket.Send(initiation, SocketFlags.None, out _);
                }

                Thread.Sleep(20);

                while (socket.Receive(buffer, SocketFlags.None, out var error) is > 0 and var length && error == SocketError.Success)
                {
                    (cookies, responses) = (cookies + (buffer[0] == 3 && length == 64 ? 1 : 0), responses + (buffer[0] == 2 ? 1 : 0));
                }
            }
        });
        flood.Start();
        try
        {
            Until.True(() => Volatile.Read(ref cookies) > 0, 20).Should().BeTrue("whoever is under load asks strangers to prove their address");
            using var listener = pair.Second.Listen(pair.Second.Address, 80, SocketType.Stream);
            using var near = SocketFrom(pair, listener);
            near.ReceiveTimeout = 60_000;
            near.Talk("in spite of all").Should().Be("in spite of all");
        }
        finally
        {
            stop.Cancel();
            flood.Join();
        }

        responses.Should().Be(0, "no stranger is answered");
    }

    /// <summary>Connects through the flood, which may take several attempts of the handshake, and echoes once.</summary>
    private static Socket SocketFrom(EnginePair pair, Socket listener)
    {
        var echo = new Thread(() =>
        {
            try
            {
                var length = 0;
                while (length == 0)
                {
                    // One that was given up when it had just come through says nothing.
                    using var far = listener.Accept();
                    var buffer = new byte[100];
                    length = far.Receive(buffer);
                    far.Send(buffer.AsSpan(0, length));
                }
            }
            catch (SocketException)
            {
                // Nobody came: the one who waits for the answer says so.
            }
        });
        echo.Start();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return pair.First.Connect(pair.Second.Address, 80);
            }
            catch (SocketException) when (attempt < 6)
            {
                // An initiation with its cookie follows after REKEY_TIMEOUT, which is as long as an attempt lasts.
            }
        }
    }

    /// <summary>A stranger's, whole and right for a device of that public key.</summary>
    private static byte[] Initiation(string publicKey)
    {
        using var key = X25519.GeneratePrivateKey();
        using var device = new Device(new LibcryptoPrimitives(), new KernelRandom());
        device.SetPrivateKey(key.Span);
        var now = new Instant(TimeSpan.FromDays(1), DateTimeOffset.UtcNow);
        var actions = new ActionList();
        var peer = device.AddPeer(new PublicKey(Convert.FromBase64String(publicKey)))!;
        device.SetEndpoint(now, peer, new Endpoint(1, 1, false), actions);
        device.Send(now, peer, new byte[20], actions).Should().BeTrue();
        return actions.BytesOf(actions.Actions.ToArray().Single(a => a.Kind == ActionKind.Send)).ToArray();
    }

    private static void Transfer(EnginePair.Side from, EnginePair.Side to, string address, int length)
    {
        using var listener = to.Listen(address, 80, SocketType.Stream);
        using var near = from.Connect(address, 80);
        using var far = listener.Accept();
        var sent = RandomNumberGenerator.GetBytes(length);
        var sender = new Thread(() =>
        {
            near.Send(sent);
            near.Shutdown(SocketShutdown.Send);
        });
        sender.Start();
        var received = new MemoryStream();
        var buffer = new byte[65536];
        far.ReceiveTimeout = 20000;
        while (far.Receive(buffer) is > 0 and var read)
        {
            received.Write(buffer, 0, read);
        }

        sender.Join();
        received.ToArray().AsSpan().SequenceEqual(sent).Should().BeTrue("{0} bytes arrive as they were sent", length);
    }

    private static void Cross(Socket from, Socket to, byte[] payload)
    {
        from.SendTo(payload, (IPEndPoint)to.LocalEndPoint!);
        var buffer = new byte[65536];
        EndPoint source = new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        to.ReceiveFrom(buffer, ref source).Should().Be(payload.Length);
        buffer.AsSpan(0, payload.Length).SequenceEqual(payload).Should().BeTrue();
    }
}
