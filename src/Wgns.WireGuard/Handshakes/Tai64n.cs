using System.Buffers.Binary;

namespace Wgns.WireGuard.Handshakes;

/// <summary>
/// TAI64N (https://cr.yp.to/libtai/tai64.html): 2^62 plus the seconds since 1970 in TAI, then nanoseconds, both big endian, so that
/// comparing bytes compares times. The responder refuses an initiation that is not later than the last: a replay.
/// </summary>
internal static class Tai64n
{
    internal const int Length = 12;

    // TAI was ten seconds ahead in 1970; leap seconds since do not matter to a value that is only compared with its like.
    private const ulong Epoch = (1UL << 62) + 10;

    // Rounded down to 2^24 ns, some 17 ms, as the kernel does: an exact clock would tell strangers about this machine, and more
    // initiations than one per step are not taken anyway (INITIATIONS_PER_SECOND).
    private const uint Step = 1 << 24;

    /// <summary>
    /// The time for an initiation: later than <paramref name="last"/> even where the clock was set back. Otherwise nobody would
    /// answer until the clock is again where it was.
    /// </summary>
    internal static void Next(DateTimeOffset wall, ReadOnlySpan<byte> last, Span<byte> timestamp)
    {
        var ticks = Math.Max(0, wall.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks);
        var seconds = Epoch + (ulong)(ticks / TimeSpan.TicksPerSecond);
        var nanoseconds = (uint)(ticks % TimeSpan.TicksPerSecond) * 100 / Step * Step;
        Write(timestamp, seconds, nanoseconds);
        if (timestamp.SequenceCompareTo(last) > 0)
        {
            return;
        }

        seconds = BinaryPrimitives.ReadUInt64BigEndian(last);
        nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(last[8..]) + Step;
        if (nanoseconds >= 1_000_000_000)
        {
            (seconds, nanoseconds) = (seconds + 1, 0);
        }

        Write(timestamp, seconds, nanoseconds);
    }

    private static void Write(Span<byte> timestamp, ulong seconds, uint nanoseconds)
    {
        BinaryPrimitives.WriteUInt64BigEndian(timestamp, seconds);
        BinaryPrimitives.WriteUInt32BigEndian(timestamp[8..], nanoseconds);
    }
}
