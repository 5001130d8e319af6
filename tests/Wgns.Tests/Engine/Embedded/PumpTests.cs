using System.Net;
using Wgns.Engine.Embedded;
using Wgns.Linux.Events;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Sockets;
using Wgns.Linux.Tun;
using Wgns.Linux.WireGuard;
using Wgns.WireGuard;
using Wgns.WireGuard.Routing;

namespace Wgns.Tests.Engine.Embedded;

public sealed class PumpTests
{
    [Test]
    public void Packets_of_every_size_arrive_as_they_were_sent([Values] bool ipv6, [Values] bool segments)
    {
        using var ends = new Ends(keeps: true, segments);
        foreach (var size in new[] { 0, 1, 100, 1367, 1368 })
        {
            ends.Send(MadePacket.FromTun(ipv6, udp: true, size, 1400));
            ends.Far.Written.Should().ContainSingle().Which.Packet.Should().Equal(MadePacket.Whole(ipv6, true, size));
            ends.Far.Written.Clear();
        }

        ends.Send(MadePacket.FromTun(ipv6, udp: false, 40000, MadePacket.Mss));
        ends.Far.Written.SelectMany(w => MadePacket.Payload(w.Packet)).Should().Equal(MadePacket.Payload(MadePacket.Whole(ipv6, false, 40000)));
    }

    [Test]
    public void A_joined_packet_crosses_in_one_write()
    {
        using var ends = new Ends(keeps: true);
        ends.Send(MadePacket.FromTun(ipv6: false, udp: false, 60000, MadePacket.Mss));
        ends.Far.Written.Should().ContainSingle().Which.Packet.Length.Should().Be(60052);
    }

    [Test]
    public void What_goes_to_nobody_is_dropped()
    {
        using var ends = new Ends(keeps: true);
        var packet = MadePacket.FromTun(ipv6: false, udp: true, 100, 1400);
        packet[VirtioHeader.Length + 16] = 11;
        ends.Send(packet);
        ends.Far.Written.Should().BeEmpty();
    }

    [Test]
    public void Nothing_is_allocated_for_a_packet_in_steady_state()
    {
        using var ends = new Ends(keeps: false);
        byte[][] packets =
        [
            MadePacket.FromTun(false, false, 60000, MadePacket.Mss), MadePacket.FromTun(true, false, 1000, MadePacket.Mss),
            MadePacket.FromTun(false, true, 60, MadePacket.Mss), MadePacket.FromTun(true, true, 20000, 1000),
        ];
        for (var i = 0; i < 50; i++)
        {
            ends.Send(packets);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var bytes = ends.Far.WrittenBytes;
        for (var i = 0; i < 500; i++)
        {
            ends.Send(packets);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0, "{0} bytes crossed", ends.Far.WrittenBytes - bytes);
        (ends.Far.WrittenBytes - bytes).Should().BeGreaterThan(500 * 80000L);
    }

    /// <summary>Two devices that have shaken hands, with everything but the kernel.</summary>
    private sealed class Ends : IDisposable
    {
        private static readonly LibcryptoPrimitives Primitives = new();

        private readonly Bell _bell = new();
        private readonly InMemoryTun _near;
        private readonly OutboundPump _out;
        private readonly OutboundPump _back;
        private readonly InboundPump _in;
        private readonly InboundPump _answers;
        private readonly HandshakeQueue _handshakes;
        private readonly HandshakeQueue _nearHandshakes;
        private readonly Device _nearDevice = new(Primitives, new KernelRandom()) { Mtu = 1420 };
        private readonly Device _farDevice = new(Primitives, new KernelRandom()) { Mtu = 1420 };
        private readonly Carrier _nearCarrier;
        private readonly Carrier _farCarrier;

        internal Ends(bool keeps, bool segments = true)
        {
            using var a = X25519.GeneratePrivateKey();
            using var b = X25519.GeneratePrivateKey();
            _nearDevice.SetPrivateKey(a.Span);
            _farDevice.SetPrivateKey(b.Span);
            var nearSocket = new InMemoryDatagrams(new Endpoint(1, 1, false)) { Segments = segments };
            var farSocket = new InMemoryDatagrams(new Endpoint(2, 2, false)) { Segments = segments, Other = nearSocket };
            nearSocket.Other = farSocket;
            _near = new InMemoryTun { Keeps = false };
            Far = new InMemoryTun { Keeps = keeps };
            (_handshakes, _nearHandshakes) = (new HandshakeQueue(_bell), new HandshakeQueue(_bell));
            var (nearBind, farBind) = (new Bind(nearSocket, null), new Bind(farSocket, null));
            _nearCarrier = new Carrier(nearBind, _near, new Wake(_bell));
            _farCarrier = new Carrier(farBind, Far, new Wake(_bell));
            _out = new OutboundPump(_nearDevice, Primitives.CreateAead(), _near, nearBind, _nearCarrier);
            _back = new OutboundPump(_farDevice, Primitives.CreateAead(), Far, farBind, _farCarrier);
            _in = new InboundPump(_farDevice, Primitives.CreateAead(), farSocket, new Joining([Far], joinsUdp: true), _handshakes, _farCarrier);
            _answers = new InboundPump(_nearDevice, Primitives.CreateAead(), nearSocket, new Joining([_near], joinsUdp: true), _nearHandshakes, _nearCarrier);
            Know(_nearDevice, _farDevice, _nearCarrier, "10.7.0.2", "fd77::2", new Endpoint(2, 2, false));
            Know(_farDevice, _nearDevice, _farCarrier, "10.7.0.1", "fd77::1", null);
            Send(MadePacket.FromTun(false, true, 10, 1000));
            Far.WriteCount.Should().BePositive("they shake hands and what waited arrives");
            Far.Written.Clear();
        }

        internal InMemoryTun Far { get; }

        internal void Send(params ReadOnlySpan<byte[]> packets)
        {
            foreach (var packet in packets)
            {
                _near.Put(packet);
            }

            bool any;
            do
            {
                any = _out.Step() | _in.Step() | _back.Step() | _answers.Step() | Answer(_handshakes, _farDevice, _farCarrier) | Answer(_nearHandshakes, _nearDevice, _nearCarrier);
            }
            while (any);
        }

        public void Dispose()
        {
            _in.Dispose();
            _answers.Dispose();
            _nearDevice.Dispose();
            _farDevice.Dispose();
            _bell.Dispose();
        }

        private static bool Answer(HandshakeQueue queue, Device device, Carrier carrier)
        {
            Span<byte> message = stackalloc byte[HandshakeQueue.MaxLength];
            var any = false;
            while (queue.Take(default, message, out var source, out var underLoad) is > 0 and var length)
            {
                device.Receive(ConfiguredDevice.Now, message[..length], source, underLoad, carrier.Actions);
                carrier.CarryOut();
                any = true;
            }

            return any;
        }

        private static void Know(Device device, Device other, Carrier carrier, string ipv4, string ipv6, Endpoint? endpoint)
        {
            var peer = device.AddPeer(other.PublicKey!.Value)!;
            device.SetAllowedIps(peer, [new AllowedIp(IPAddress.Parse(ipv4), 32), new AllowedIp(IPAddress.Parse(ipv6), 128)], replace: true);
            if (endpoint is { } known)
            {
                device.SetEndpoint(ConfiguredDevice.Now, peer, known, carrier.Actions);
                carrier.CarryOut();
            }
        }
    }
}
