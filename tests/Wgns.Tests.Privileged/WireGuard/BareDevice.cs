using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wgns.Linux.Libcrypto;
using Wgns.WireGuard;
using Wgns.WireGuard.Routing;

namespace Wgns.Tests.Privileged.WireGuard;

/// <summary>
/// The protocol on a UDP socket inside a netns and without a TUN: packets are made by hand and kept when they come. Its clock can
/// be put forward.
/// </summary>
internal sealed class BareDevice : IDisposable
{
    private static readonly LibcryptoPrimitives Primitives = new();

    private readonly Socket _socket;
    private readonly ActionList _actions = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly byte[] _buffer = new byte[65536];
    private TimeSpan _timer = TimeSpan.MaxValue;

    internal BareDevice(TestNetns netns, ReadOnlySpan<byte> privateKey)
    {
        _socket = netns.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Device = new Device(Primitives, new KernelRandom()) { Mtu = 1420 };
        Device.SetPrivateKey(privateKey);
    }

    internal Device Device { get; }

    internal IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    internal bool UnderLoad { get; set; }

    internal TimeSpan Forward { get; set; }

    internal List<byte[]> Delivered { get; } = [];

    internal int Handshakes { get; private set; }

    /// <summary>Sent messages by type.</summary>
    internal int[] Sent { get; } = new int[5];

    private Instant Now => new(_clock.Elapsed + Forward, DateTimeOffset.UtcNow + Forward);

    internal Peer AddPeer(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> psk, IPEndPoint? endpoint, params AllowedIp[] allowed)
    {
        var peer = Device.AddPeer(new PublicKey(publicKey))!;
        Device.SetPresharedKey(peer, psk);
        Device.SetAllowedIps(peer, allowed, replace: true);
        if (endpoint is not null)
        {
            Device.SetEndpoint(Now, peer, Endpoint.From(endpoint), _actions);
            CarryOut();
        }

        return peer;
    }

    internal void Send(byte[] packet)
    {
        Device.Send(Now, Device.PeerFor(packet)!, packet, _actions).Should().BeTrue();
        CarryOut();
    }

    /// <summary>Takes what comes until there is what was waited for.</summary>
    internal bool PumpUntil(Func<bool> done, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (!done() && clock.Elapsed < limit)
        {
            if (_timer <= Now.Now)
            {
                Device.Tick(Now, _actions);
                CarryOut();
            }

            if (_socket.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = _socket.ReceiveFrom(_buffer, ref from);
                Device.Receive(Now, _buffer.AsSpan(0, length), Endpoint.From((IPEndPoint)from), UnderLoad, _actions);
                CarryOut();
            }
        }

        return done();
    }

    public void Dispose()
    {
        _socket.Dispose();
        Device.Dispose();
    }

    private void CarryOut()
    {
        foreach (ref readonly var action in _actions.Actions)
        {
            var bytes = _actions.BytesOf(action);
            switch (action.Kind)
            {
                case ActionKind.Send:
                    Sent[bytes[0]]++;
                    _socket.SendTo(bytes, action.Endpoint.ToIPEndPoint());
                    break;
                case ActionKind.Deliver:
                    Delivered.Add(bytes.ToArray());
                    break;
                case ActionKind.SetTimer:
                    _timer = action.At;
                    break;
                case ActionKind.HandshakeComplete:
                    Handshakes++;
                    break;
                default:
                    break;
            }
        }

        _actions.Clear();
    }
}
