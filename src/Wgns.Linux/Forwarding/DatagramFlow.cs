using Wgns.Linux.Sockets;
using Wgns.WireGuard;

namespace Wgns.Linux.Forwarding;

/// <summary>One sender's way in: a socket of its own inside, so that answers are known to be for it.</summary>
internal sealed class DatagramFlow : IInLoop, IDisposable
{
    private readonly DatagramListener _owner;
    private readonly ForwardLoop _loop;
    private readonly UdpSocket _socket;
    private readonly Endpoint _client;
    private readonly int _place;

    private DatagramFlow(DatagramListener owner, ForwardLoop loop, UdpSocket socket, in Endpoint client)
    {
        (_owner, _loop, _socket, _client) = (owner, loop, socket, client);
        _place = loop.Enter(this);
    }

    /// <returns>Null with the reason.</returns>
    internal static DatagramFlow? TryOpen(DatagramListener owner, ForwardLoop loop, ForwardTarget target, in Endpoint client, out Errno errno)
    {
        UdpSocket? socket;
        try
        {
            socket = UdpSocket.TryOpen(target.Endpoint.IsIPv6);
            errno = socket is null ? Errno.EAFNOSUPPORT : socket.Connect(target.Endpoint);
        }
        catch (KernelException e)
        {
            errno = e.Errno;
            return null;
        }

        if (socket is null || !errno.IsNone)
        {
            socket?.Dispose();
            return null;
        }

        var flow = new DatagramFlow(owner, loop, socket, client);
        errno = loop.Watch(socket.Fd.Value, Libc.EPOLLIN, flow._place, 0);
        if (errno.IsNone)
        {
            return flow;
        }

        flow.Dispose();
        return null;
    }

    internal void Send(ReadOnlySpan<byte> bytes, ReadOnlySpan<Datagram> datagrams) => _socket.Send(bytes, datagrams);

    public void Happened(int side, uint what)
    {
        var into = _owner.Buffer;
        var count = _socket.Receive(into);
        if (count == 0)
        {
            return; // a refusal, which receiving took off the socket: nobody listens inside
        }

        var answers = into.Datagrams[..count];
        foreach (ref var answer in answers)
        {
            // From the address that was asked, which stands in the client's endpoint.
            answer.Remote = _client;
        }

        _owner.Answer(_client, into.Bytes, answers);
    }

    public void Go()
    {
        // Asks for no turn: what is left on its socket is told again.
    }

    public void Dispose()
    {
        _socket.Dispose();
        _loop.Leave(_place);
    }
}
