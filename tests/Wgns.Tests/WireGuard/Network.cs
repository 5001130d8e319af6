using Wgns.WireGuard;

namespace Wgns.Tests.WireGuard;

/// <summary>Simulated time and datagrams on their way. The same seed gives the same run.</summary>
internal sealed class Network(int seed = 1)
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(Endpoint From, Endpoint To, byte[] Bytes), (TimeSpan, int)> _underWay = new();
    private readonly List<Node> _nodes = [];
    private int _order;

    // Not zero: a machine has been up for a while, and zero is what forgotten initialisation looks like.
    internal TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

    /// <summary>0 to 1.</summary>
    internal double Loss { get; set; }

    internal double Duplication { get; set; }

    internal TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Sees each datagram before it is lost; false loses it.</summary>
    internal Func<Node, byte[], bool> Filter { get; set; } = (_, _) => true;

    internal Node Add()
    {
        var node = new Node(this, (byte)(_nodes.Count + 1), _random.Next());
        _nodes.Add(node);
        return node;
    }

    internal (Node, Node) Pair()
    {
        var (one, other) = (Add(), Add());
        one.Knows(other);
        other.Knows(one);
        return (one, other);
    }

    internal void Transmit(Node from, Endpoint to, byte[] bytes)
    {
        if (!Filter(from, bytes) || _random.NextDouble() < Loss)
        {
            return;
        }

        do
        {
            var delay = TimeSpan.FromTicks(1 + _random.NextInt64(MaxDelay.Ticks));
            _underWay.Enqueue((from.Endpoint, to, (byte[])bytes.Clone()), (Now + delay, _order++));
        }
        while (_random.NextDouble() < Duplication);
    }

    internal void RunFor(TimeSpan time) => RunUntil(Now + time);

    /// <summary>Lets time pass, from one event to the next.</summary>
    internal void RunUntil(TimeSpan end)
    {
        while (true)
        {
            var next = _nodes.Min(n => n.Timer);
            if (_underWay.TryPeek(out _, out var first) && first.Item1 < next)
            {
                next = first.Item1;
            }

            if (next > end)
            {
                Now = end;
                return;
            }

            Now = next > Now ? next : Now;
            while (_underWay.TryPeek(out var datagram, out var when) && when.Item1 <= Now)
            {
                _underWay.Dequeue();
                _nodes.Find(n => n.Endpoint.WithoutSource() == datagram.To.WithoutSource())?.Receive(datagram.Bytes, datagram.From);
            }

            _nodes.ForEach(n => n.TickIfDue());
        }
    }
}
