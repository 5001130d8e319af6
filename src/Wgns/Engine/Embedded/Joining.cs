using System.Collections.Immutable;
using Wgns.Linux.Tun;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>
/// Gives a batch of packets to the TUN in as few writes as can be. Packets of one flow keep their order. Which queue a flow
/// is written to decides by which one the kernel sends the flow's answers (tun_flow_update in drivers/net/tun.c).
/// </summary>
/// <param name="joinsUdp">Whether the kernel takes many UDP datagrams as one.</param>
internal sealed class Joining(ImmutableArray<ITunQueue> queues, bool joinsUdp)
{
    private readonly JoinedPackets[] _groups = [.. Enumerable.Range(0, 16).Select(_ => new JoinedPackets())];
    private int _oldest;

    /// <param name="buffer">The batch's, the same for all up to <see cref="Flush"/>.</param>
    internal void Add(Span<byte> buffer, Slice packet)
    {
        var key = FlowKey.Of(buffer.Slice(packet.Start, packet.Length));
        var canJoin = key.CanJoin && (joinsUdp || !key.IsUdp);
        var group = key.Hash == 0 ? null : Find(key.Hash);
        if (group is not null)
        {
            if (canJoin && group.TryAppend(buffer, packet, key))
            {
                WriteIfClosed(group, buffer);
                return;
            }

            Write(group, buffer);
        }

        if (!canJoin)
        {
            _ = QueueOf(key.Hash).Write(default, buffer, [packet]);
            return;
        }

        group ??= Free(buffer);
        group.Begin(buffer, packet, key);
        WriteIfClosed(group, buffer);
    }

    /// <summary>The end of a batch: nothing waits for the next one.</summary>
    internal void Flush(Span<byte> buffer)
    {
        foreach (var group in _groups)
        {
            if (!group.IsEmpty)
            {
                Write(group, buffer);
            }
        }
    }

    private JoinedPackets? Find(uint hash)
    {
        foreach (var group in _groups)
        {
            if (!group.IsEmpty && group.Hash == hash)
            {
                return group;
            }
        }

        return null;
    }

    private JoinedPackets Free(Span<byte> buffer)
    {
        foreach (var group in _groups)
        {
            if (group.IsEmpty)
            {
                return group;
            }
        }

        _oldest = (_oldest + 1) % _groups.Length;
        Write(_groups[_oldest], buffer);
        return _groups[_oldest];
    }

    private void WriteIfClosed(JoinedPackets group, Span<byte> buffer)
    {
        if (group.IsClosed)
        {
            Write(group, buffer);
        }
    }

    private void Write(JoinedPackets group, Span<byte> buffer) => group.Write(QueueOf(group.Hash), buffer);

    private ITunQueue QueueOf(uint hash) => queues[(int)((hash >> 8) % (uint)queues.Length)];
}
