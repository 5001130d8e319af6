using System.Security.Cryptography;
using Wgns.WireGuard.Handshakes;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Sessions;

namespace Wgns.WireGuard;

/// <summary>Handshakes: the messages that come and go seldom, and cost a tenth of a millisecond each.</summary>
public sealed partial class Device
{
    /// <summary>
    /// Takes a datagram. Whatever does not authenticate is met with silence. A transport message is decrypted where it lies and
    /// its packet delivered as an action, which copies it: data threads use <see cref="Open"/>.
    /// </summary>
    /// <param name="underLoad">More handshakes come than can be answered: who has not proved its address gets a cookie only.</param>
    public void Receive(Instant now, Span<byte> datagram, in Endpoint source, bool underLoad, ActionList actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        var type = MessageType.Of(datagram);
        if (type == MessageType.Transport)
        {
            ReceiveTransport(now, datagram, source, actions);
            return;
        }

        if (!IsHandshake(datagram))
        {
            return;
        }

        lock (_gate)
        {
            switch (type)
            {
                case MessageType.Initiation:
                    ReceiveInitiation(now, datagram, source, underLoad, actions);
                    break;
                case MessageType.Response:
                    ReceiveResponse(now, datagram, source, underLoad, actions);
                    break;
                default:
                    ReceiveCookie(now, datagram);
                    break;
            }

            Leave(actions);
        }
    }

    /// <summary>
    /// Whether a datagram has the type and the length of a handshake message. Whoever lets them wait for <see cref="Receive"/> asks
    /// before: what is none costs its sender nothing, and must not make the device be under load.
    /// </summary>
    public static bool IsHandshake(ReadOnlySpan<byte> datagram) => MessageType.Of(datagram) switch
    {
        MessageType.Initiation => datagram.Length == Initiation.Length,
        MessageType.Response => datagram.Length == Response.Length,
        MessageType.CookieReply => datagram.Length == CookieReply.Length,
        _ => false,
    };

    private void ReceiveInitiation(Instant now, ReadOnlySpan<byte> message, in Endpoint source, bool underLoad, ActionList actions)
    {
        if (_identity is not { } identity || !IsWorthTheWork(identity, now, message, Initiation.SenderOf(message), source, underLoad, actions))
        {
            return;
        }

        Span<byte> chain = stackalloc byte[Secret.Length];
        Span<byte> hash = stackalloc byte[Secret.Length];
        Span<byte> timestamp = stackalloc byte[Tai64n.Length];
        var noise = new NoiseState(_primitives, _aead, chain, hash);
        if (Initiation.TryRead(identity, _peers, noise, message, timestamp, out var peer)
            && timestamp.SequenceCompareTo(peer!.ReceivedTimestamp) > 0
            && (peer.Consumed is not { } last || now.Now - last >= TimeSpan.FromSeconds(1) / Constants.InitiationsPerSecond))
        {
            timestamp.CopyTo(peer.ReceivedTimestamp);
            peer.Consumed = now.Now;
            Heard(peer, now, message.Length, source, actions);
            Respond(peer, noise, now, message, actions);
        }

        CryptographicOperations.ZeroMemory(chain);
        CryptographicOperations.ZeroMemory(hash);
    }

    private void Respond(Peer peer, NoiseState noise, Instant now, ReadOnlySpan<byte> initiation, ActionList actions)
    {
        var index = _indexes.Reserve();
        using var ephemeral = NewEphemeral();
        var message = actions.Reserve(Response.Length);
        if (Response.TryWrite(noise, peer, initiation, ephemeral, index, now.Now, message) is not { } keypair)
        {
            _indexes.Remove(index);
            return;
        }

        _indexes.Put(index, keypair);
        lock (peer.KeypairsGate)
        {
            peer.Keypairs.Add(keypair);
        }

        peer.Timers.SessionDerived(now.Now);
        SendHandshake(peer, now, message, actions);
    }

    private void ReceiveResponse(Instant now, ReadOnlySpan<byte> message, in Endpoint source, bool underLoad, ActionList actions)
    {
        if (_identity is not { } identity
            || !IsWorthTheWork(identity, now, message, Response.SenderOf(message), source, underLoad, actions)
            || _indexes.Find(Response.ReceiverOf(message)) is not PendingInitiation pending
            || Response.TryRead(_primitives, _aead, identity, pending, now.Now, message) is not { } keypair)
        {
            return;
        }

        var peer = pending.Peer;
        peer.Pending = null;
        pending.Dispose();
        _indexes.Put(keypair.LocalIndex, keypair);
        lock (peer.KeypairsGate)
        {
            peer.Keypairs.Add(keypair);
        }

        Heard(peer, now, message.Length, source, actions);
        peer.Timers.SessionDerived(now.Now);
        CompleteHandshake(peer, now, actions);

        // Only a message of ours lets the other side use the session: an empty one where nothing waits.
        SendKeepalive(peer, now, actions);
    }

    private void ReceiveCookie(Instant now, ReadOnlySpan<byte> message)
    {
        var peer = _indexes.Find(CookieReply.ReceiverOf(message)) switch
        {
            PendingInitiation pending => pending.Peer,
            Keypair keypair => keypair.Peer,
            _ => null,
        };

        // It is used when the timer repeats the initiation, not at once: the other side has just said that it is busy.
        _ = peer?.Cookies.TryTake(_primitives, _aead, now.Now, message);
    }

    /// <summary>Keeps the Diffie-Hellman computations from strangers, and under load from who has not proved its address.</summary>
    private bool IsWorthTheWork(
        LocalIdentity identity, Instant now, ReadOnlySpan<byte> message, uint sender, in Endpoint source, bool underLoad, ActionList actions)
    {
        if (!Macs.IsMac1Valid(_primitives, identity.Macs, message))
        {
            return false;
        }

        if (!underLoad)
        {
            return true;
        }

        Span<byte> cookie = stackalloc byte[Macs.Length];
        _cookieSecret.CookieFor(now.Now, source, cookie);
        if (Macs.IsMac2Valid(_primitives, cookie, message))
        {
            return _rateLimiter.TryPass(now.Now, source);
        }

        CookieReply.Write(
            _primitives, _aead, _random, identity.Macs, sender, Macs.Mac1Of(message), cookie, actions.Reserve(CookieReply.Length));
        actions.AddSend(null, source, CookieReply.Length);
        return false;
    }

    private void TryInitiate(Peer peer, Instant now, bool isRetry, ActionList actions)
    {
        if (!isRetry)
        {
            peer.Timers.Attempts = 0;
        }

        if (_identity is not { } identity || peer.StaticSecret is null || peer.Endpoint is null)
        {
            return;
        }

        if (!peer.MayInitiate(now.Now))
        {
            // What we sent last, be it a response, may lead nowhere.
            if (isRetry || peer.Staged.Count > 0)
            {
                peer.Timers.InitiationHeldBack(now.Now);
            }

            return;
        }

        peer.DropPending(_indexes);
        var pending = new PendingInitiation(peer, _indexes.Reserve(), NewEphemeral());
        peer.Pending = pending;
        _indexes.Put(pending.LocalIndex, pending);
        Span<byte> timestamp = stackalloc byte[Tai64n.Length];
        Tai64n.Next(now.Wall, peer.SentTimestamp, timestamp);
        timestamp.CopyTo(peer.SentTimestamp);
        var message = actions.Reserve(Initiation.Length);
        if (!Initiation.TryWrite(_primitives, _aead, identity, pending, timestamp, message))
        {
            peer.DropPending(_indexes);
            return;
        }

        peer.Timers.InitiationSent(now.Now);
        SendHandshake(peer, now, message, actions);
    }

    private void Retransmit(Peer peer, Instant now, ActionList actions)
    {
        if (peer.Timers.Attempts > Constants.MaxAttempts)
        {
            peer.DropPending(_indexes);
            peer.Staged.Clear();
            peer.Timers.DropKeepalive();
            peer.Timers.WipeEventually(now.Now);
            actions.Add(ActionKind.HandshakeAbandoned, peer);
            return;
        }

        peer.Timers.Attempts++;
        peer.ForgetSource();
        TryInitiate(peer, now, isRetry: true, actions);
    }

    private void SendHandshake(Peer peer, Instant now, Span<byte> message, ActionList actions)
    {
        peer.Cookies.Sign(_primitives, now.Now, message);
        peer.HandshakeSent(now.Now);
        peer.Timers.AnySent(now.Now);
        peer.CountSent(message.Length);
        actions.AddSend(peer, peer.Endpoint!.Value, message.Length);
    }

    /// <summary>A genuine handshake message came: that is where the peer is now.</summary>
    private static void Heard(Peer peer, Instant now, int length, in Endpoint source, ActionList actions)
    {
        peer.CountReceived(length);
        peer.Timers.AnyReceived(now.Now);
        if (peer.Roam(source))
        {
            actions.AddRoamed(peer, source);
        }
    }

    private static void CompleteHandshake(Peer peer, Instant now, ActionList actions)
    {
        peer.Timers.HandshakeComplete();
        peer.HandshakeComplete(now.Wall);
        actions.Add(ActionKind.HandshakeComplete, peer);
    }

    private IPrivateKey NewEphemeral()
    {
        Span<byte> key = stackalloc byte[Secret.Length];
        _random.Fill(key);
        var ephemeral = _primitives.OpenPrivateKey(key);
        CryptographicOperations.ZeroMemory(key);
        return ephemeral;
    }
}
