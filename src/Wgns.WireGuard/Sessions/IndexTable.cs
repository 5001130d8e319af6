using System.Buffers.Binary;
using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Sessions;

/// <summary>
/// Finds a session or a handshake under way by the 32-bit index that a message names. Indexes are random, and each is chosen so
/// that its low bits are the number of a free slot: looking one up is one array access without a lock. Twice as large a table
/// needs no other choice, because indexes that differ in few low bits differ in more. A free slot is found by trying, at most
/// half the slots being taken.
/// </summary>
internal sealed class IndexTable(IRandom random)
{
    private const int FirstSize = 64;

    private readonly Lock _gate = new();
    private Entry?[] _slots = new Entry?[FirstSize];
    private int _taken;

    internal int Count => Volatile.Read(ref _taken);

    /// <summary>Any thread: what stands for <paramref name="index"/>; a <see cref="Keypair"/>, a pending handshake, or null.</summary>
    internal object? Find(uint index)
    {
        var slots = Volatile.Read(ref _slots);
        var entry = Volatile.Read(ref slots[index & (slots.Length - 1)]);
        return entry is not null && entry.Index == index ? entry.Value : null;
    }

    /// <summary>A new index that stands for nothing until <see cref="Put"/>.</summary>
    internal uint Reserve()
    {
        lock (_gate)
        {
            if (_taken * 2 >= _slots.Length)
            {
                Grow();
            }

            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            while (true)
            {
                random.Fill(bytes);
                var index = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                ref var slot = ref _slots[index & (_slots.Length - 1)];
                if (slot is null)
                {
                    Volatile.Write(ref slot, new Entry(index, null));
                    _taken++;
                    return index;
                }
            }
        }
    }

    /// <summary>Lets a reserved index stand for something, or for something else than before.</summary>
    internal void Put(uint index, object value)
    {
        lock (_gate)
        {
            ref var slot = ref _slots[index & (_slots.Length - 1)];
            if (slot?.Index == index)
            {
                Volatile.Write(ref slot, new Entry(index, value));
            }
        }
    }

    internal void Remove(uint index)
    {
        lock (_gate)
        {
            ref var slot = ref _slots[index & (_slots.Length - 1)];
            if (slot?.Index == index)
            {
                Volatile.Write(ref slot, null);
                _taken--;
            }
        }
    }

    private void Grow()
    {
        var larger = new Entry?[_slots.Length * 2];
        foreach (var entry in _slots)
        {
            if (entry is not null)
            {
                larger[entry.Index & (larger.Length - 1)] = entry;
            }
        }

        Volatile.Write(ref _slots, larger);
    }

    private sealed record Entry(uint Index, object? Value);
}
