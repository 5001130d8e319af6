using System.Net;
using Wgns.Linux.Libcrypto;
using Wgns.WireGuard;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Routing;

namespace Wgns.Tests.WireGuard;

/// <summary>A device on a simulated network: its actions are carried out, its clock is the network's.</summary>
internal sealed class Node
{
    internal static readonly LibcryptoPrimitives Primitives = new();

    private readonly Network _network;
    private readonly IAead _aead = Primitives.CreateAead();
    private readonly ActionList _actions = new();
    private TimeSpan _timer = TimeSpan.MaxValue;

    internal Node(Network network, byte number, int seed)
    {
        _network = network;
        Number = number;
        Endpoint = Wgns.WireGuard.Endpoint.From(new IPEndPoint(new IPAddress([192, 0, 2, number]), 51820));
        Device = new Device(Primitives, new SeededRandom(seed)) { Mtu = 1420 };
        var key = new byte[32];
        new SeededRandom(seed + 1000).Fill(key);
        Device.SetPrivateKey(key);
        PublicKey = Device.PublicKey!.Value;
    }

    internal byte Number { get; }

    internal Device Device { get; }

    internal Endpoint Endpoint { get; set; }

    internal PublicKey PublicKey { get; }

    internal bool UnderLoad { get; set; }

    /// <summary>What somebody did to the time of day.</summary>
    internal TimeSpan WallOffset { get; set; }

    internal List<byte[]> Delivered { get; } = [];

    internal List<(TimeSpan At, ActionKind Kind)> Events { get; } = [];

    internal List<(TimeSpan At, byte[] Bytes)> Sent { get; } = [];

    internal Instant Now => new(_network.Now, DateTimeOffset.UnixEpoch.AddYears(56) + _network.Now + WallOffset);

    internal TimeSpan Timer => _timer;

    internal Peer Knows(Node other, byte[]? psk = null, bool withEndpoint = true, TimeSpan keepalive = default)
    {
        var peer = Device.AddPeer(other.PublicKey)!;
        Device.SetAllowedIps(peer, [new AllowedIp(Inside(other.Number), 32)], replace: true);
        Device.SetPresharedKey(peer, psk ?? new byte[32]);
        if (withEndpoint)
        {
            Device.SetEndpoint(Now, peer, other.Endpoint, _actions);
        }

        if (keepalive > TimeSpan.Zero)
        {
            Device.SetPersistentKeepalive(Now, peer, keepalive, _actions);
        }

        CarryOut();
        return peer;
    }

    internal static IPAddress Inside(byte number) => new([10, 0, 0, number]);

    /// <summary>Sends an IPv4 packet of its own through the tunnel, by the data path where there is a session.</summary>
    internal bool SendTo(Node other, uint tag, int length = 60)
    {
        var packet = Packet(Number, other.Number, tag, length);
        var peer = Device.PeerFor(packet)!;
        var buffer = new byte[length + 64];
        packet.CopyTo(buffer, 16);
        Span<Slice> slices = [new Slice(0, length)];
        if (!Device.Seal(_aead, _network.Now, peer, buffer, slices, out var followUps))
        {
            var accepted = Device.Send(Now, peer, packet, _actions);
            CarryOut();
            return accepted;
        }

        Transmit(peer.Endpoint!.Value, buffer.AsSpan(slices[0].Start, slices[0].Length));
        React(peer, followUps);
        return true;
    }

    internal void Receive(byte[] datagram, Endpoint source)
    {
        if (MessageType.Of(datagram) == MessageType.Transport)
        {
            Span<Slice> slices = [new Slice(0, datagram.Length)];
            Device.Open(_aead, _network.Now, datagram, slices, source, out var peer, out var followUps);
            if (slices[0].Length > 0)
            {
                Delivered.Add(datagram.AsSpan(slices[0].Start, slices[0].Length).ToArray());
            }

            React(peer, followUps);
            return;
        }

        Device.Receive(Now, datagram, source, UnderLoad, _actions);
        CarryOut();
    }

    internal void TickIfDue()
    {
        if (_timer <= _network.Now)
        {
            Device.Tick(Now, _actions);
            CarryOut();
        }
    }

    internal static byte[] Packet(byte from, byte to, uint tag, int length)
    {
        var packet = new byte[length];
        packet[0] = 0x45;
        BitConverter.TryWriteBytes(packet.AsSpan(20), tag);
        packet[2] = (byte)(length >> 8);
        packet[3] = (byte)length;
        Inside(from).TryWriteBytes(packet.AsSpan(12), out _);
        Inside(to).TryWriteBytes(packet.AsSpan(16), out _);
        return packet;
    }

    internal IEnumerable<uint> Tags => Delivered.Select(p => BitConverter.ToUInt32(p, 20));

    internal void CarryOut(Action<ActionList> call)
    {
        call(_actions);
        CarryOut();
    }

    private void React(Peer? peer, FollowUps followUps)
    {
        if (followUps != FollowUps.None)
        {
            Device.React(Now, peer!, followUps, _actions);
            CarryOut();
        }
    }

    private void CarryOut()
    {
        foreach (ref readonly var action in _actions.Actions)
        {
            switch (action.Kind)
            {
                case ActionKind.Send:
                    Transmit(action.Endpoint, _actions.BytesOf(action));
                    break;
                case ActionKind.SetTimer:
                    _timer = action.At;
                    break;
                case ActionKind.Deliver:
                    Delivered.Add(_actions.BytesOf(action).ToArray());
                    break;
                default:
                    Events.Add((_network.Now, action.Kind));
                    break;
            }
        }

        _actions.Clear();
    }

    private void Transmit(Endpoint to, ReadOnlySpan<byte> bytes)
    {
        Sent.Add((_network.Now, bytes.ToArray()));
        _network.Transmit(this, to, bytes.ToArray());
    }
}
