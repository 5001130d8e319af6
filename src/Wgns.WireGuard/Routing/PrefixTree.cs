using System.Numerics;

namespace Wgns.WireGuard.Routing;

/// <summary>
/// A binary tree of prefixes for the longest match, with paths without a fork left out. Nodes are immutable: a change makes new
/// ones from the changed place up to the root and then replaces the root, so that any number of threads look up without a lock
/// and each sees the tree before or after, never in between. Changes are made by one thread at a time.
/// </summary>
/// <typeparam name="TBits">An address as an unsigned number: <see cref="uint"/> or <see cref="UInt128"/>.</typeparam>
/// <typeparam name="TValue">What a prefix stands for: compared by nobody here.</typeparam>
internal sealed class PrefixTree<TBits, TValue>
    where TBits : unmanaged, IBinaryInteger<TBits>
    where TValue : class
{
    private static readonly int Width = TBits.Zero.GetByteCount() * 8;

    private Node? _root;

    /// <summary>The value of the longest prefix that <paramref name="address"/> is in, or null.</summary>
    internal TValue? Find(TBits address)
    {
        TValue? found = null;
        for (var node = Volatile.Read(ref _root); node is not null && ((address ^ node.Bits) & node.Mask) == TBits.Zero;)
        {
            found = node.Value ?? found;
            node = (address & node.Fork) == TBits.Zero ? node.Low : node.High;
        }

        return found;
    }

    /// <summary>Gives a prefix its value, in place of any it had. Bits behind <paramref name="length"/> do not count.</summary>
    /// <returns>The value that this very prefix had, or null.</returns>
    internal TValue? Set(TBits bits, int length, TValue value)
    {
        TValue? replaced = null;
        Volatile.Write(ref _root, Set(_root, bits & MaskOf(length), length, value, ref replaced));
        return replaced;
    }

    /// <returns>False where this very prefix has no value.</returns>
    internal bool Remove(TBits bits, int length)
    {
        var removed = false;
        Volatile.Write(ref _root, Remove(_root, bits & MaskOf(length), length, ref removed));
        return removed;
    }

    private static Node Set(Node? node, TBits bits, int length, TValue value, ref TValue? replaced)
    {
        if (node is null)
        {
            return new Node(bits, length, value, null, null);
        }

        var common = Math.Min(Math.Min(node.Length, length), CommonLength(node.Bits, bits));
        if (common == node.Length)
        {
            if (length == node.Length)
            {
                replaced = node.Value;
                return new Node(bits, length, value, node.Low, node.High);
            }

            return (bits & node.Fork) == TBits.Zero
                ? new Node(node.Bits, node.Length, node.Value, Set(node.Low, bits, length, value, ref replaced), node.High)
                : new Node(node.Bits, node.Length, node.Value, node.Low, Set(node.High, bits, length, value, ref replaced));
        }

        if (common == length)
        {
            return Fork(bits, length, value, node, null);
        }

        return Fork(bits & MaskOf(common), common, null, node, new Node(bits, length, value, null, null));
    }

    private static Node Fork(TBits bits, int length, TValue? value, Node one, Node? other)
    {
        var oneIsLow = (one.Bits & ForkOf(length)) == TBits.Zero;
        return new Node(bits, length, value, oneIsLow ? one : other, oneIsLow ? other : one);
    }

    private static Node? Remove(Node? node, TBits bits, int length, ref bool removed)
    {
        if (node is null || node.Length > length || ((bits ^ node.Bits) & node.Mask) != TBits.Zero)
        {
            return node;
        }

        var (value, low, high) = (node.Value, node.Low, node.High);
        if (node.Length == length)
        {
            removed = value is not null;
            value = null;
        }
        else if ((bits & node.Fork) == TBits.Zero)
        {
            low = Remove(low, bits, length, ref removed);
        }
        else
        {
            high = Remove(high, bits, length, ref removed);
        }

        // A node without a value and without a fork says nothing.
        return !removed ? node
            : value is null && (low is null || high is null) ? low ?? high
            : new Node(node.Bits, node.Length, value, low, high);
    }

    private static int CommonLength(TBits one, TBits other) => int.CreateTruncating(TBits.LeadingZeroCount(one ^ other));

    private static TBits MaskOf(int length) => length == 0 ? TBits.Zero : TBits.AllBitsSet << (Width - length);

    private static TBits ForkOf(int length) => length == Width ? TBits.Zero : TBits.One << (Width - 1 - length);

    private sealed class Node(TBits bits, int length, TValue? value, Node? low, Node? high)
    {
        internal readonly TBits Bits = bits;
        internal readonly TBits Mask = MaskOf(length);

        /// <summary>The first bit behind the prefix, which says whether to go on low or high; none for a whole address.</summary>
        internal readonly TBits Fork = ForkOf(length);

        internal readonly int Length = length;
        internal readonly TValue? Value = value;
        internal readonly Node? Low = low;
        internal readonly Node? High = high;
    }
}
