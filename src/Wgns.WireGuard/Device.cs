using Wgns.WireGuard.Handshakes;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Routing;
using Wgns.WireGuard.Sessions;

namespace Wgns.WireGuard;

/// <summary>
/// A WireGuard device without its socket and its TUN: bytes and time go in, actions come out. <see cref="Seal"/>,
/// <see cref="Open"/> and <see cref="PeerFor"/> are for any number of data threads at once, take no lock that is held for long,
/// and allocate nothing. Everything else takes the device's gate, for as long as a handshake takes: a tenth of a millisecond.
/// No method fails because of what a peer or a stranger sent.
/// </summary>
public sealed partial class Device : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IPrimitives _primitives;
    private readonly IRandom _random;
    private readonly IAead _aead;
    private readonly PeerTable _peers = new();
    private readonly AllowedIps _allowedIps = new();
    private readonly IndexTable _indexes;
    private readonly CookieSecret _cookieSecret;
    private readonly RateLimiter _rateLimiter = new();
    private readonly WakeTime _wake = new();
    private LocalIdentity? _identity;
    private TimeSpan? _announced = TimeSpan.MaxValue;
    private int _mtu;

    public Device(IPrimitives primitives, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(primitives);
        ArgumentNullException.ThrowIfNull(random);
        _primitives = primitives;
        _random = random;
        _aead = primitives.CreateAead();
        _indexes = new IndexTable(random);
        _cookieSecret = new CookieSecret(primitives, random);
    }

    /// <summary>Does what is due, and says when to call again.</summary>
    public void Tick(Instant now, ActionList actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        lock (_gate)
        {
            _wake.Reset();
            foreach (var peer in _peers.All)
            {
                RunTimers(peer, now, actions);
            }

            foreach (var peer in _peers.All)
            {
                peer.Timers.Announce();
            }

            // What the caller was last told has been used up, so it is told again even where nothing changed.
            _announced = null;
            Leave(actions);
        }
    }

    /// <summary>Does what a batch left to be done.</summary>
    public void React(Instant now, Peer peer, FollowUps followUps, ActionList actions)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(actions);
        lock (_gate)
        {
            if (peer.IsRemoved)
            {
                return;
            }

            if (followUps.HasFlag(FollowUps.Roamed) && peer.Endpoint is { } endpoint)
            {
                actions.AddRoamed(peer, endpoint);
            }

            if (followUps.HasFlag(FollowUps.Confirmed))
            {
                peer.DropPending(_indexes);
                CompleteHandshake(peer, now, actions);
                SendStaged(peer, now, actions);
            }

            if (followUps.HasFlag(FollowUps.Handshake))
            {
                TryInitiate(peer, now, isRetry: false, actions);
            }

            Leave(actions);
        }
    }

    /// <summary>Wipes every key. No data thread may be inside or come back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var peer in _peers.All.ToList())
            {
                Remove(peer);
            }

            _identity?.Dispose();
            _identity = null;
            _cookieSecret.Dispose();
            _aead.Dispose();
        }
    }

    private void RunTimers(Peer peer, Instant now, ActionList actions)
    {
        var timers = peer.Timers;
        if (timers.IsWipeDue(now.Now))
        {
            WipeSessions(peer);
            actions.Add(ActionKind.KeysWiped, peer);
        }

        if (timers.IsRetransmitDue(now.Now))
        {
            Retransmit(peer, now, actions);
        }

        if (timers.IsRenewDue(now.Now))
        {
            peer.ForgetSource();
            TryInitiate(peer, now, isRetry: false, actions);
        }

        if (timers.IsKeepaliveDue(now.Now))
        {
            SendKeepalive(peer, now, actions);
            timers.KeepaliveSent(now.Now);
        }

        if (timers.IsPersistentDue(now.Now) && timers.PersistentInterval > TimeSpan.Zero)
        {
            SendKeepalive(peer, now, actions);
        }
    }

    private void WipeSessions(Peer peer)
    {
        peer.DropPending(_indexes);
        lock (peer.KeypairsGate)
        {
            peer.Keypairs.Clear();
        }
    }

    /// <summary>The end of every method that holds the gate.</summary>
    private void Leave(ActionList actions)
    {
        // A context keeps the last key it was given, which may be one that was just wiped everywhere else.
        _aead.Forget();
        var at = _wake.At;
        if (at != _announced)
        {
            _announced = at;
            actions.AddTimer(at);
        }
    }
}
