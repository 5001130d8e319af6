namespace Wgns.WireGuard.Sessions;

/// <summary>
/// Which counters have been seen: RFC 6479's sliding window, a ring of words of which the one in front is cleared when the
/// window moves, so that moving it never shifts a bit. It remembers 8128 counters below the greatest: one word of the ring
/// is always the one being filled. As many as the kernel's (COUNTER_BITS_TOTAL in drivers/net/wireguard/messages.h), because
/// a batch of reordered packets is as large. Not safe for several threads.
/// </summary>
internal sealed class ReplayWindow
{
    private const int WordBits = 64;
    private const int Words = 128;

    private readonly ulong[] _seen = new ulong[Words];
    private ulong _greatest;
    private bool _any;

    /// <summary>How far below the greatest counter another one is still told apart from a replay.</summary>
    internal const ulong Size = (Words - 1) * WordBits;

    /// <summary>
    /// Takes the counter of a message that has been authenticated: true the first time, false for a second time and for
    /// one that is too old to tell.
    /// </summary>
    internal bool TryAccept(ulong counter)
    {
        if (!_any || counter > _greatest)
        {
            Advance(counter);
        }
        else if (_greatest - counter >= Size)
        {
            return false;
        }

        var bit = 1UL << (int)(counter % WordBits);
        ref var word = ref _seen[(int)(counter / WordBits % Words)];
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= bit;
        return true;
    }

    private void Advance(ulong counter)
    {
        if (_any)
        {
            var first = _greatest / WordBits;
            var skipped = Math.Min((counter / WordBits) - first, Words);
            for (var i = 1UL; i <= skipped; i++)
            {
                _seen[(int)((first + i) % Words)] = 0;
            }
        }

        _greatest = counter;
        _any = true;
    }
}
