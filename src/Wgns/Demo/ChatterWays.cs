using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Wgns.Demo;

/// <summary>One way of trying to reach somebody. None of it ever blocks.</summary>
internal abstract class ChatterWay : IDisposable
{
    internal HashSet<ushort> Refused { get; } = [];

    internal HashSet<ushort> Answered { get; } = [];

    internal void Try(ushort round)
    {
        try
        {
            Send(round);
        }
        catch (SocketException)
        {
            Refused.Add(round);
        }
    }

    /// <summary>Takes in what has come.</summary>
    internal abstract void Listen();

    public abstract void Dispose();

    protected abstract void Send(ushort round);

    /// <summary>The next datagram; 0 where there is none. An error that came back by ICMP is none, either.</summary>
    protected static int Next(Socket socket, byte[] buffer)
    {
        try
        {
            return socket.Available > 0 ? socket.Receive(buffer) : 0;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    protected static Socket Open(AddressFamily family, SocketType type, ProtocolType protocol) => new(family, type, protocol) { Blocking = false };
}

/// <summary>A look-up of the demo's page, by UDP.</summary>
internal sealed class DnsWay(IPEndPoint resolver) : ChatterWay
{
    private readonly Socket _socket = Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _buffer = new byte[512];

    internal override void Listen()
    {
        while (Next(_socket, _buffer) is >= 2)
        {
            Answered.Add(BinaryPrimitives.ReadUInt16BigEndian(_buffer));
        }
    }

    public override void Dispose() => _socket.Dispose();

    protected override void Send(ushort round)
    {
        // Number, recursion desired, one question; the name, A, IN.
        byte[] query = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. "\u0004page\u0004demo\u0004wgns\0\0\u0001\0\u0001"u8];
        BinaryPrimitives.WriteUInt16BigEndian(query, round);
        _socket.SendTo(query, resolver);
    }
}

/// <summary>A new TCP connection each time.</summary>
internal sealed class TcpWay(IPEndPoint server) : ChatterWay
{
    private readonly Dictionary<ushort, Socket> _sockets = [];

    internal override void Listen()
    {
        foreach (var (round, socket) in _sockets)
        {
            if (!socket.Poll(0, SelectMode.SelectWrite))
            {
                continue;
            }

            if (socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0)
            {
                Answered.Add(round);
            }

            socket.Dispose();
            _sockets.Remove(round);
        }
    }

    public override void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    protected override void Send(ushort round)
    {
        var socket = Open(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(server);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            _sockets.Add(round, socket);
        }
        catch
        {
            // Refused at once: such a socket would look writable, and without an error.
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An ICMP echo (RFC 792, RFC 4443), by the kind of socket that ping(8) has without a right of its own (icmp(7)).</summary>
internal sealed class PingWay(IPAddress address) : ChatterWay
{
    private readonly bool _isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
    private readonly byte[] _buffer = new byte[1500];
    private readonly Socket _socket = address.AddressFamily == AddressFamily.InterNetworkV6
        ? Open(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.IcmpV6)
        : Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Icmp);

    internal override void Listen()
    {
        // The kernel gives it the answers to its own questions, without an IP header.
        while (Next(_socket, _buffer) is >= 8)
        {
            if (_buffer[0] == (_isV6 ? 129 : 0))
            {
                Answered.Add(BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(6)));
            }
        }
    }

    public override void Dispose() => _socket.Dispose();

    protected override void Send(ushort round)
    {
        // Type, code, checksum and identifier, of which the kernel fills in the last two; the sequence number.
        var echo = new byte[8];
        echo[0] = (byte)(_isV6 ? 128 : 8);
        BinaryPrimitives.WriteUInt16BigEndian(echo.AsSpan(6), round);
        _socket.SendTo(echo, new IPEndPoint(address, 0));
    }
}

/// <summary>A datagram to the tunnel's other end outside, which only the engine may talk to.</summary>
internal sealed class StrayWay(IPEndPoint uplink) : ChatterWay
{
    private readonly Socket _socket = Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    internal override void Listen()
    {
        // Nobody there would answer; it is sent to be looked for outside.
    }

    public override void Dispose() => _socket.Dispose();

    protected override void Send(ushort round) => _socket.SendTo("plain"u8, uplink);
}
