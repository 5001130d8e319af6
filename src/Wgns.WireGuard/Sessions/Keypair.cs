using System.Security.Cryptography;

namespace Wgns.WireGuard.Sessions;

/// <summary>
/// The keys of one session, one for each direction. Several threads encrypt and decrypt with it at once, and another one ends
/// it: a thread holds it by <see cref="TryHold"/> while it works, once for a batch, and the keys are wiped when the last one has
/// let go. Without that a thread could find zeros where a key was, and send a packet encrypted with them.
/// </summary>
internal sealed class Keypair
{
    // The sign says "ended"; the rest counts the holders.
    private const int Ended = int.MinValue;
    private const int KeyLength = 32;

    private readonly Lock _windowGate = new();
    private readonly ReplayWindow _window = new();

    // Pinned, so that the garbage collector leaves no moved copy behind for the end to miss.
    private readonly byte[] _keys = GC.AllocateArray<byte>(2 * KeyLength, pinned: true);
    private ulong _nextCounter;
    private int _holders;

    internal Keypair(Peer peer, uint localIndex, uint remoteIndex, bool isInitiator, TimeSpan born, ReadOnlySpan<byte> sending, ReadOnlySpan<byte> receiving)
    {
        Peer = peer;
        LocalIndex = localIndex;
        RemoteIndex = remoteIndex;
        IsInitiator = isInitiator;
        Born = born;
        sending.CopyTo(_keys);
        receiving.CopyTo(_keys.AsSpan(KeyLength));
    }

    internal Peer Peer { get; }

    /// <summary>The index by which the other side names it in what it sends.</summary>
    internal uint LocalIndex { get; }

    internal uint RemoteIndex { get; }

    /// <summary>We sent the initiation: we are the one who renews it in time.</summary>
    internal bool IsInitiator { get; }

    internal TimeSpan Born { get; }

    /// <summary>
    /// The index of the initiation of ours that was under way when we answered theirs, both sides having begun at once; null for none.
    /// </summary>
    internal uint? Rival { get; init; }

    /// <summary>The number of messages for which a counter was taken.</summary>
    internal ulong Sent => Volatile.Read(ref _nextCounter);

    internal ReadOnlySpan<byte> SendingKey => _keys.AsSpan(0, KeyLength);

    internal ReadOnlySpan<byte> ReceivingKey => _keys.AsSpan(KeyLength);

    internal bool HasExpired(TimeSpan now) => now - Born >= Constants.RejectAfterTime;

    internal bool CanSend(TimeSpan now) => !HasExpired(now) && Sent < Constants.RejectAfterMessages;

    /// <summary>Takes a run of counters for a batch.</summary>
    /// <returns>False where they would pass the limit: the session is used up.</returns>
    internal bool TryReserve(int count, out ulong first)
    {
        // A refused batch has moved the counter all the same, once per attempt: 2^13 of them fit below the overflow,
        // and after the first one CanSend is false.
        first = Interlocked.Add(ref _nextCounter, (ulong)count) - (ulong)count;
        return first + (ulong)count <= Constants.RejectAfterMessages;
    }

    /// <summary>The window's gate, for who accepts a batch of counters in one go.</summary>
    internal Lock.Scope EnterWindow() => _windowGate.EnterScope();

    /// <summary>Only inside <see cref="EnterWindow"/>, and only for a message that was authenticated.</summary>
    internal bool TryAccept(ulong counter) => counter < Constants.RejectAfterMessages && _window.TryAccept(counter);

    /// <returns>False where it has ended; otherwise the keys stay until <see cref="Release"/>.</returns>
    internal bool TryHold()
    {
        if (Interlocked.Increment(ref _holders) > 0)
        {
            return true;
        }

        Release();
        return false;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == Ended)
        {
            Wipe();
        }
    }

    /// <summary>No thread can take it up from now on; the keys are wiped when those that hold it have let go.</summary>
    internal void End()
    {
        if ((Interlocked.Or(ref _holders, Ended) & int.MaxValue) == 0)
        {
            Wipe();
        }
    }

    /// <summary>For tests of the limits: nobody sends 2^60 messages to see what happens.</summary>
    internal void SkipTo(ulong counter) => Volatile.Write(ref _nextCounter, counter);

    private void Wipe() => CryptographicOperations.ZeroMemory(_keys);
}
