using Wgns.Linux.Sockets;
using Wgns.WireGuard;

namespace Wgns.Linux.Forwarding;

/// <summary>A UDP socket outside, and the flows of who sends to it.</summary>
internal sealed class DatagramListener : IForwarded, IInLoop
{
    /// <summary>Flows, each a descriptor; the quietest gives way to a new one.</summary>
    internal const int MostFlows = 4096;

    private readonly UdpSocket _socket;
    private readonly ForwardTarget _target;
    private readonly ForwardLoop _loop;
    private readonly Complaints _complaints;
    private readonly FlowTable<DatagramFlow> _flows;
    private readonly Datagram[] _batch = new Datagram[ReceiveBuffer.Count];
    private readonly int _place;
    private bool _listens;

    internal DatagramListener(OwnedFd listener, ForwardTarget target, ForwardLoop loop, Complaints complaints, ReceiveBuffer buffer, TimeSpan timeout)
    {
        (_target, _loop, _complaints, Buffer) = (target, loop, complaints, buffer);
        _socket = UdpSocket.Adopt(listener);
        _flows = new FlowTable<DatagramFlow>(MostFlows, (long)timeout.TotalMilliseconds);
        _place = loop.Enter(this);
        var errno = loop.Watch(_socket.Fd.Value, Libc.EPOLLIN, _place, 0);
        _listens = errno.IsNone ? true : throw new KernelException("wait for datagrams", errno);
    }

    public int Active => _flows.Count;

    /// <summary>Of all sockets of the thread: what is received is sent on before the next is received.</summary>
    internal ReceiveBuffer Buffer { get; }

    public void StopListening()
    {
        if (_listens)
        {
            _loop.Unwatch(_socket.Fd.Value);
            _listens = false;
        }
    }

    public long Due(long now) => _flows.Due;

    public void EndDue(long now)
    {
        while (_flows.TakeDue(now) is { } quiet)
        {
            quiet.Dispose();
        }
    }

    public void Happened(int side, uint what)
    {
        var count = _socket.Receive(Buffer);
        var datagrams = Buffer.Datagrams[..count];

        // A bit for each that is still to be sent on: those of one sender go together, by one call, in their order.
        for (var left = (uint)((1UL << count) - 1); left != 0;)
        {
            var first = System.Numerics.BitOperations.TrailingZeroCount(left);
            var client = datagrams[first].Remote;
            var size = 0;
            for (var i = first; i < count; i++)
            {
                if ((left & (1U << i)) != 0 && datagrams[i].Remote == client)
                {
                    left &= ~(1U << i);
                    _batch[size++] = datagrams[i] with { Remote = _target.Endpoint };
                }
            }

            FlowOf(client)?.Send(Buffer.Bytes, _batch.AsSpan(0, size));
        }
    }

    public void Go()
    {
        // Asks for no turn: what is left on its socket is told again.
    }

    internal void Answer(in Endpoint client, ReadOnlySpan<byte> bytes, ReadOnlySpan<Datagram> datagrams)
    {
        _flows.Heard(client, _loop.Now);
        _socket.Send(bytes, datagrams);
    }

    public void Dispose()
    {
        while (_flows.TakeQuietest() is { } flow)
        {
            flow.Dispose();
        }

        _socket.Dispose();
        _loop.Leave(_place);
    }

    private DatagramFlow? FlowOf(in Endpoint client)
    {
        // Of what waited in a socket that was handed in it is not known which address it came to: that sender is the same one.
        if ((_flows.Find(client, _loop.Now) ?? _flows.Find(client with { LocalAddress = 0, LocalInterface = 0 }, _loop.Now)) is { } known)
        {
            return known;
        }

        if (_flows.IsFull)
        {
            _flows.TakeQuietest()?.Dispose();
        }

        var flow = DatagramFlow.TryOpen(this, _loop, _target, client, out var errno);
        if (flow is null && (errno == Errno.EMFILE || errno == Errno.ENFILE) && _flows.TakeQuietest() is { } quietest)
        {
            quietest.Dispose();
            flow = DatagramFlow.TryOpen(this, _loop, _target, client, out errno);
        }

        if (flow is null)
        {
            _complaints.Say($"send datagrams to {_target}", errno);
            return null;
        }

        _flows.Add(client, flow, _loop.Now);
        return flow;
    }
}
