using Wgns.WireGuard.Handshakes;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Sessions;

namespace Wgns.WireGuard;

/// <summary>
/// A peer of a device. What data threads touch is read and written without a lock; the rest belongs to who holds the device's
/// gate.
/// </summary>
public sealed class Peer
{
    private readonly byte[] _publicKey = new byte[PublicKey.Length];
    private EndpointCell? _endpoint;
    private long _received;
    private long _sent;
    private long _initiated = long.MinValue;
    private long _latestHandshake;

    internal Peer(PublicKey publicKey, IPrimitives primitives, IndexTable indexes, WakeTime wake)
    {
        PublicKey = publicKey;
        publicKey.CopyTo(_publicKey);
        Keypairs = new Keypairs(indexes);
        Timers = new Timers(wake);
        Cookies = new CookieJar(new MacKeys(primitives, _publicKey));
    }

    public PublicKey PublicKey { get; }

    /// <summary>Where it is reached: as configured, or as it was last heard from. Null: not known yet.</summary>
    public Endpoint? Endpoint => Volatile.Read(ref _endpoint)?.Value;

    /// <summary>Bytes of authenticated messages, headers and all, as wg(8) counts them.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _received);

    /// <inheritdoc cref="ReceivedBytes"/>
    public long SentBytes => Interlocked.Read(ref _sent);

    /// <summary>Null before the first.</summary>
    public DateTimeOffset? LatestHandshake =>
        Volatile.Read(ref _latestHandshake) is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Zero for none.</summary>
    public TimeSpan PersistentKeepalive => Timers.PersistentInterval;

    internal ReadOnlySpan<byte> PublicKeyBytes => _publicKey;

    /// <summary>The shared secret of both static keys; null without our key, and where theirs is a point of small order.</summary>
    internal Secret? StaticSecret { get; set; }

    /// <summary>All zeros for none.</summary>
    internal Secret PresharedKey { get; } = new();

    internal Keypairs Keypairs { get; }

    internal Timers Timers { get; }

    internal CookieJar Cookies { get; }

    /// <summary>Guards changes of <see cref="Keypairs"/>, which the first message of a session makes too.</summary>
    internal Lock KeypairsGate { get; } = new();

    internal Queue<byte[]> Staged { get; } = new();

    internal PendingInitiation? Pending { get; set; }

    /// <summary>The timestamp of our latest initiation.</summary>
    internal byte[] SentTimestamp { get; } = new byte[Tai64n.Length];

    /// <summary>The greatest timestamp in an initiation of theirs.</summary>
    internal byte[] ReceivedTimestamp { get; } = new byte[Tai64n.Length];

    /// <summary>When an initiation of theirs was last taken.</summary>
    internal TimeSpan? Consumed { get; set; }

    internal bool IsRemoved { get; set; }

    /// <summary>Any thread: whether REKEY_TIMEOUT has passed since we last sent a handshake message.</summary>
    internal bool MayInitiate(TimeSpan now)
    {
        var last = Volatile.Read(ref _initiated);
        return last == long.MinValue || now.Ticks - last >= Constants.RekeyTimeout.Ticks;
    }

    internal void HandshakeSent(TimeSpan now) => Volatile.Write(ref _initiated, now.Ticks);

    internal void HandshakeComplete(DateTimeOffset wall) => Volatile.Write(ref _latestHandshake, wall.UtcTicks);

    internal void CountReceived(long bytes) => Interlocked.Add(ref _received, bytes);

    internal void CountSent(long bytes) => Interlocked.Add(ref _sent, bytes);

    /// <summary>Any thread. Allocates only where it is another one.</summary>
    /// <returns>Whether it was.</returns>
    internal bool Roam(in Endpoint endpoint)
    {
        if (Volatile.Read(ref _endpoint) is { } cell && cell.Value == endpoint)
        {
            return false;
        }

        Volatile.Write(ref _endpoint, new EndpointCell(endpoint));
        return true;
    }

    /// <summary>The source may be why nothing comes back: an address that is gone.</summary>
    internal void ForgetSource()
    {
        if (Endpoint is { } endpoint)
        {
            Roam(endpoint.WithoutSource());
        }
    }

    internal void DropPending(IndexTable indexes)
    {
        if (Pending is { } pending)
        {
            indexes.Remove(pending.LocalIndex);
            pending.Dispose();
            Pending = null;
        }
    }

    /// <summary>A reference is read and written whole where a struct would tear.</summary>
    private sealed class EndpointCell(Endpoint value)
    {
        internal readonly Endpoint Value = value;
    }
}
