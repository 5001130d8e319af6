using Wgns.WireGuard.Handshakes;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Routing;

namespace Wgns.WireGuard;

/// <summary>What is configured. None of it drops a session that need not be dropped.</summary>
public sealed partial class Device
{
    /// <summary>The TUN's MTU in bytes, beyond which packets are not padded; 0 for no limit.</summary>
    public int Mtu
    {
        get => Volatile.Read(ref _mtu);
        set => Volatile.Write(ref _mtu, value);
    }

    /// <summary>Null without a private key.</summary>
    public PublicKey? PublicKey
    {
        get
        {
            lock (_gate)
            {
                return _identity is { } identity ? new PublicKey(identity.PublicKeyBytes) : null;
            }
        }
    }

    /// <summary>A copy, in the order in which they were added.</summary>
    public IReadOnlyList<Peer> Peers
    {
        get
        {
            lock (_gate)
            {
                return [.. _peers.All];
            }
        }
    }

    /// <summary>
    /// Takes 32 bytes as the device's private key, or none for all zeros. With another one than before every session ends, being
    /// another's; a peer with the new key's public half is removed, as the kernel does.
    /// </summary>
    public void SetPrivateKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Secret.Length);
        lock (_gate)
        {
            var another = key.IndexOfAnyExcept((byte)0) < 0 ? null : new LocalIdentity(_primitives, key);
            if (another is not null && _identity is { } same && another.PublicKeyBytes.SequenceEqual(same.PublicKeyBytes))
            {
                // As every `wg syncconf` does: no reason to end a session.
                another.Dispose();
                return;
            }

            _identity?.Dispose();
            _identity = another;
            if (_identity is { } identity && _peers.Find(new PublicKey(identity.PublicKeyBytes)) is { } self)
            {
                Remove(self);
            }

            foreach (var peer in _peers.All)
            {
                WipeSessions(peer);
                peer.Cookies.Clear();
                AgreeOnStaticSecret(peer);
            }
        }
    }

    /// <summary>The peer with this key, added where there is none yet; null where the key is the device's own.</summary>
    public Peer? AddPeer(PublicKey key)
    {
        lock (_gate)
        {
            if (_identity is { } identity && new PublicKey(identity.PublicKeyBytes) == key)
            {
                return null;
            }

            if (_peers.Find(key) is { } known)
            {
                return known;
            }

            var peer = new Peer(key, _primitives, _indexes, _wake);
            Span<byte> seed = stackalloc byte[sizeof(uint)];
            _random.Fill(seed);
            peer.Timers.Seed(BitConverter.ToUInt32(seed));
            AgreeOnStaticSecret(peer);
            _peers.Add(peer);
            return peer;
        }
    }

    public Peer? FindPeer(PublicKey key)
    {
        lock (_gate)
        {
            return _peers.Find(key);
        }
    }

    /// <summary>Ends a peer's sessions, wipes its keys, and drops what waits for it.</summary>
    public void RemovePeer(Peer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        lock (_gate)
        {
            Remove(peer);
        }
    }

    /// <summary>32 bytes, all zeros for none; from the next handshake on.</summary>
    public void SetPresharedKey(Peer peer, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Secret.Length);
        lock (_gate)
        {
            key.CopyTo(peer.PresharedKey.Span);
        }
    }

    /// <summary>Copies a peer's preshared key, all zeros for none, for who asks for the configuration. The copy is the caller's to wipe.</summary>
    public void CopyPresharedKey(Peer peer, Span<byte> key)
    {
        ArgumentNullException.ThrowIfNull(peer);
        lock (_gate)
        {
            if (peer.IsRemoved)
            {
                key.Clear();
                return;
            }

            peer.PresharedKey.Span.CopyTo(key);
        }
    }

    /// <summary>Where the peer is; begins the keepalives that have waited for that.</summary>
    public void SetEndpoint(Instant now, Peer peer, Endpoint endpoint, ActionList actions)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(actions);
        lock (_gate)
        {
            if (!peer.IsRemoved)
            {
                var wasUnreachable = peer.Endpoint is null;
                peer.Roam(endpoint);
                if (wasUnreachable && peer.PersistentKeepalive > TimeSpan.Zero)
                {
                    SendKeepalive(peer, now, actions);
                }

                Leave(actions);
            }
        }
    }

    /// <param name="interval">How often at least to send something, 1 to 65535 seconds, or zero; from zero to more sends at once.</param>
    public void SetPersistentKeepalive(Instant now, Peer peer, TimeSpan interval, ActionList actions)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(actions);
        lock (_gate)
        {
            if (peer.IsRemoved)
            {
                return;
            }

            var sendsNow = peer.PersistentKeepalive == TimeSpan.Zero && interval > TimeSpan.Zero;
            peer.Timers.SetPersistentInterval(now.Now, interval);
            if (sendsNow)
            {
                SendKeepalive(peer, now, actions);
            }

            Leave(actions);
        }
    }

    /// <summary>Gives prefixes to a peer, taking them from others who had them.</summary>
    /// <param name="replace">Take from it those not named. The others stay routed all the while.</param>
    public void SetAllowedIps(Peer peer, IReadOnlyCollection<AllowedIp> prefixes, bool replace)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(prefixes);
        lock (_gate)
        {
            if (peer.IsRemoved)
            {
                return;
            }

            foreach (var prefix in prefixes)
            {
                _allowedIps.Set(prefix, peer);
            }

            if (replace)
            {
                _allowedIps.Clear(peer, except: prefixes.Select(p => p.Masked()).ToHashSet());
            }
        }
    }

    /// <summary>A peer's prefixes, IPv4 first, with the bits behind them cleared.</summary>
    public IReadOnlyList<AllowedIp> AllowedIpsOf(Peer peer)
    {
        lock (_gate)
        {
            return _allowedIps.Of(peer);
        }
    }

    private void AgreeOnStaticSecret(Peer peer)
    {
        peer.StaticSecret?.Dispose();
        peer.StaticSecret = null;
        var secret = new Secret();
        if (_identity is { } identity && identity.Key.TryAgree(peer.PublicKeyBytes, secret.Span))
        {
            peer.StaticSecret = secret;
            peer.Keypairs.PrefersOurs = identity.PublicKeyBytes.SequenceCompareTo(peer.PublicKeyBytes) > 0;
        }
    }

    private void Remove(Peer peer)
    {
        if (peer.IsRemoved)
        {
            return;
        }

        peer.IsRemoved = true;
        _allowedIps.Clear(peer);
        _peers.Remove(peer);
        peer.Timers.Stop();
        WipeSessions(peer);
        peer.Staged.Clear();
        peer.Cookies.Clear();
        peer.PresharedKey.Dispose();
        peer.StaticSecret?.Dispose();
        peer.StaticSecret = null;
    }
}
