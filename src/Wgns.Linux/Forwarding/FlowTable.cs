using Wgns.WireGuard;

namespace Wgns.Linux.Forwarding;

/// <summary>
/// Who sent datagrams lately, each with what belongs to it, and in the order in which they were last heard of: the quietest
/// ends first, when its time is over or when there are too many. Every operation takes the same time, however many there are.
/// </summary>
/// <typeparam name="T">What belongs to each.</typeparam>
internal sealed class FlowTable<T>(int most, long timeout)
    where T : class
{
    private readonly Dictionary<Endpoint, LinkedListNode<Flow>> _byClient = [];
    private readonly LinkedList<Flow> _byQuiet = new();

    internal int Count => _byClient.Count;

    internal bool IsFull => Count >= most;

    /// <summary>When the quietest one's time is over; never where there is none.</summary>
    internal long Due => _byQuiet.First is { } first ? first.Value.Heard + timeout : long.MaxValue;

    /// <summary>Null for a new one.</summary>
    internal T? Find(in Endpoint client, long now)
    {
        if (!_byClient.TryGetValue(client, out var node))
        {
            return null;
        }

        Touch(node, now);
        return node.Value.Of;
    }

    /// <summary>What is heard of it from inside.</summary>
    internal void Heard(in Endpoint client, long now)
    {
        if (_byClient.TryGetValue(client, out var node))
        {
            Touch(node, now);
        }
    }

    internal void Add(in Endpoint client, T of, long now)
    {
        var node = _byQuiet.AddLast(new Flow(client, of) { Heard = now });
        _byClient.Add(client, node);
    }

    /// <summary>Takes the quietest one out; null where there is none.</summary>
    internal T? TakeQuietest()
    {
        if (_byQuiet.First is not { } first)
        {
            return null;
        }

        _byQuiet.RemoveFirst();
        _byClient.Remove(first.Value.Client);
        return first.Value.Of;
    }

    /// <summary>Takes the quietest one out where its time is over; else null.</summary>
    internal T? TakeDue(long now) => Due <= now ? TakeQuietest() : null;

    private void Touch(LinkedListNode<Flow> node, long now)
    {
        node.Value.Heard = now;
        if (node.Next is not null)
        {
            _byQuiet.Remove(node);
            _byQuiet.AddLast(node);
        }
    }

    private sealed record Flow(Endpoint Client, T Of)
    {
        internal long Heard { get; set; }
    }
}
