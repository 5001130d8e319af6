using Wgns.Linux.Events;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>
/// Handshake messages that wait for the control thread, so that a flood of them, each a tenth of a millisecond's work, takes
/// nothing from sessions. How many wait is how the device knows that it is under load: an eighth, as in the kernel's receive.c.
/// </summary>
internal sealed class HandshakeQueue(Bell bell)
{
    internal const int Capacity = 1024;

    /// <summary>An initiation's, the longest.</summary>
    internal const int MaxLength = 148;

    private static readonly TimeSpan LoadLasts = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Capacity * MaxLength);
    private readonly (int Length, Endpoint Source)[] _waiting = new (int, Endpoint)[Capacity];
    private int _first;
    private int _count;
    private TimeSpan _loadedUntil;

    internal delegate void Receiver(Span<byte> message, in Endpoint source, bool underLoad);

    private int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Copies it, or drops it where it is none or there is no room.</summary>
    internal void TryAdd(ReadOnlySpan<byte> message, in Endpoint source)
    {
        if (!Device.IsHandshake(message))
        {
            return;
        }

        bool wasEmpty;
        lock (_gate)
        {
            if (_count == Capacity)
            {
                return;
            }

            var at = (_first + _count) % Capacity;
            message.CopyTo(_bytes.AsSpan(at * MaxLength));
            _waiting[at] = (message.Length, source);
            wasEmpty = _count++ == 0;
        }

        if (wasEmpty)
        {
            bell.Ring();
        }
    }

    /// <summary>
    /// Gives those that wait to <paramref name="receive"/>. What comes meanwhile is for the next time, for which it rings: a flood
    /// would else never end, and whoever takes has timers to look after and may have been told to end.
    /// </summary>
    /// <param name="clock">Tells the time.</param>
    internal void TakeWaiting(Func<TimeSpan> clock, Receiver receive)
    {
        Span<byte> message = stackalloc byte[MaxLength];
        for (var left = Count; left > 0; left--)
        {
            var length = Take(clock(), message, out var source, out var underLoad);
            receive(message[..length], source, underLoad);
        }

        if (Count > 0)
        {
            bell.Ring();
        }
    }

    /// <summary>Takes the oldest.</summary>
    /// <param name="message">Of <see cref="MaxLength"/> bytes.</param>
    /// <returns>Its length; 0 where none waits.</returns>
    internal int Take(TimeSpan now, Span<byte> message, out Endpoint source, out bool underLoad)
    {
        lock (_gate)
        {
            if (_count >= Capacity / 8)
            {
                _loadedUntil = now + LoadLasts;
            }

            underLoad = now < _loadedUntil;
            if (_count == 0)
            {
                source = default;
                return 0;
            }

            (var length, source) = _waiting[_first];
            _bytes.AsSpan(_first * MaxLength, length).CopyTo(message);
            _first = (_first + 1) % Capacity;
            _count--;
            return length;
        }
    }
}
