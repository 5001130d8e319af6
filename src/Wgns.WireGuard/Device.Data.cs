using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Routing;
using Wgns.WireGuard.Sessions;

namespace Wgns.WireGuard;

/// <summary>
/// The data path: any thread, whole batches, in place, no allocation. One keypair is used by several threads at once: a batch of
/// counters is one atomic addition, and the replay window is locked once for a batch, after decryption.
/// </summary>
public sealed partial class Device
{
    private static readonly TimeSpan AskBeforeTheEnd =
        Constants.RejectAfterTime - Constants.KeepaliveTimeout - Constants.RekeyTimeout;

    /// <summary>The peer that a packet from the TUN goes to; null for none.</summary>
    public Peer? PeerFor(ReadOnlySpan<byte> packet) => _allowedIps.ForDestination(packet);

    /// <summary>Encrypts a batch for one peer.</summary>
    /// <param name="aead">The calling thread's.</param>
    /// <param name="slices">
    /// In: each message's place, and the length of the packet that lies <see cref="Transport.HeaderLength"/> bytes behind it, with
    /// room for <see cref="Transport.MessageLength"/>. Out: the messages, to be sent to <see cref="Peer.Endpoint"/>.
    /// </param>
    /// <returns>False where there is no session to encrypt with: nothing was touched, <see cref="Send"/> asks for one.</returns>
    public bool Seal(IAead aead, TimeSpan now, Peer peer, Span<byte> buffer, Span<Slice> slices, out FollowUps followUps) =>
        SealLaidOut(aead, now, peer, buffer, slices, Mtu, out followUps);

    /// <summary><see cref="Seal"/> where messages lie one behind the other.</summary>
    /// <param name="mtu">What the buffer was laid out for: the device's may be another by now, and messages would overlap.</param>
    public static bool SealLaidOut(IAead aead, TimeSpan now, Peer peer, Span<byte> buffer, Span<Slice> slices, int mtu, out FollowUps followUps)
    {
        ArgumentNullException.ThrowIfNull(aead);
        ArgumentNullException.ThrowIfNull(peer);
        followUps = FollowUps.None;
        if (peer.Keypairs.Current is not { } keypair || !keypair.CanSend(now) || !keypair.TryHold())
        {
            return false;
        }

        try
        {
            if (!keypair.TryReserve(slices.Length, out var counter))
            {
                return false;
            }

            var bytes = 0L;
            var hadData = false;
            foreach (ref var slice in slices)
            {
                var length = Transport.MessageLength(slice.Length, mtu);
                Transport.Seal(aead, keypair, counter++, buffer.Slice(slice.Start, length), slice.Length);
                hadData |= slice.Length > 0;
                slice.Length = length;
                bytes += length;
            }

            peer.CountSent(bytes);
            followUps = Sent(peer, keypair, now, hadData);
            return true;
        }
        finally
        {
            keypair.Release();
        }
    }

    /// <summary>
    /// Decrypts the first messages of a batch, as many as belong to one session; call again for the rest. Other messages than
    /// transport are left alone and count as nothing to deliver: they are for <see cref="Receive"/>.
    /// </summary>
    /// <param name="aead">The calling thread's.</param>
    /// <param name="slices">In: messages. Out: packets, length 0 where there is none to deliver.</param>
    /// <param name="source">Where all of them came from.</param>
    /// <param name="peer">Whom <paramref name="followUps"/> are about; null where nothing was genuine.</param>
    /// <returns>How many slices were dealt with: at least one.</returns>
    public int Open(
        IAead aead, TimeSpan now, Span<byte> buffer, Span<Slice> slices, in Endpoint source, out Peer? peer, out FollowUps followUps)
    {
        ArgumentNullException.ThrowIfNull(aead);
        peer = null;
        followUps = FollowUps.None;
        if (!IsTransport(buffer, slices[0], out var receiver)
            || _indexes.Find(receiver) is not Keypair keypair
            || keypair.HasExpired(now)
            || !keypair.TryHold())
        {
            slices[0].Length = 0;
            return 1;
        }

        try
        {
            var count = Decrypt(aead, keypair, receiver, buffer, slices);
            var bytes = Accept(keypair, buffer, slices[..count], out var hadData);
            if (bytes > 0)
            {
                peer = keypair.Peer;
                peer.CountReceived(bytes);
                followUps = Received(peer, keypair, now, source, hadData);
            }

            return count;
        }
        finally
        {
            keypair.Release();
        }
    }

    private static bool IsTransport(ReadOnlySpan<byte> buffer, Slice slice, out uint receiver)
    {
        var message = buffer.Slice(slice.Start, slice.Length);
        var isTransport = message.Length >= Transport.EmptyLength && MessageType.Of(message) == MessageType.Transport;
        receiver = isTransport ? Transport.ReceiverOf(message) : 0;
        return isTransport;
    }

    /// <summary>A message that does not authenticate gets length 0, the others keep theirs.</summary>
    private static int Decrypt(IAead aead, Keypair keypair, uint receiver, Span<byte> buffer, Span<Slice> slices)
    {
        var count = 0;
        foreach (ref var slice in slices)
        {
            if (!IsTransport(buffer, slice, out var other) || other != receiver)
            {
                break;
            }

            if (!Transport.TryOpen(aead, keypair, buffer.Slice(slice.Start, slice.Length)))
            {
                slice.Length = 0;
            }

            count++;
        }

        return count;
    }

    /// <summary>Drops replays and packets that are not the peer's to send; leaves the others without header and padding.</summary>
    /// <returns>The bytes of all that was genuine.</returns>
    private long Accept(Keypair keypair, Span<byte> buffer, Span<Slice> slices, out bool hadData)
    {
        var bytes = 0L;
        hadData = false;
        using (keypair.EnterWindow())
        {
            foreach (ref var slice in slices)
            {
                if (slice.Length > 0 && !keypair.TryAccept(Transport.CounterOf(buffer[slice.Start..])))
                {
                    slice.Length = 0;
                }

                bytes += slice.Length;
            }
        }

        foreach (ref var slice in slices)
        {
            if (slice.Length > Transport.EmptyLength)
            {
                hadData = true;
                var packet = buffer.Slice(slice.Start + Transport.HeaderLength, slice.Length - Transport.EmptyLength);
                var length = IpHeader.LengthOf(packet);
                slice.Length = length > 0 && _allowedIps.ForSource(packet) == keypair.Peer ? length : 0;
            }
            else
            {
                slice.Length = 0;
            }

            slice.Start += Transport.HeaderLength;
        }

        return bytes;
    }

    private static FollowUps Sent(Peer peer, Keypair keypair, TimeSpan now, bool hadData)
    {
        var wakes = peer.Timers.AnySent(now) | (hadData && peer.Timers.DataSent(now));
        var renews = (keypair.Sent > Constants.RekeyAfterMessages || (keypair.IsInitiator && now - keypair.Born >= Constants.RekeyAfterTime))
            && peer.MayInitiate(now);
        return (wakes ? FollowUps.Wake : FollowUps.None) | (renews ? FollowUps.Handshake : FollowUps.None);
    }

    private static FollowUps Received(Peer peer, Keypair keypair, TimeSpan now, in Endpoint source, bool hadData)
    {
        var followUps = FollowUps.None;
        if (peer.Roam(source))
        {
            followUps |= FollowUps.Roamed;
        }

        if (keypair == peer.Keypairs.Next)
        {
            lock (peer.KeypairsGate)
            {
                followUps |= peer.Keypairs.Confirm(keypair) ? FollowUps.Confirmed : FollowUps.None;
            }
        }

        if (keypair.IsInitiator && !peer.Timers.AskedBeforeTheEnd && now - keypair.Born >= AskBeforeTheEnd && keypair == peer.Keypairs.Current)
        {
            peer.Timers.AskedBeforeTheEnd = true;
            followUps |= FollowUps.Handshake;
        }

        if (peer.Timers.AnyReceived(now) | (hadData && peer.Timers.DataReceived(now)))
        {
            followUps |= FollowUps.Wake;
        }

        return followUps;
    }

    private void ReceiveTransport(Instant now, Span<byte> datagram, in Endpoint source, ActionList actions)
    {
        Peer? peer;
        FollowUps followUps;
        lock (_gate)
        {
            Span<Slice> slices = [new Slice(0, datagram.Length)];
            Open(_aead, now.Now, datagram, slices, source, out peer, out followUps);
            if (slices[0].Length > 0)
            {
                actions.AddDeliver(peer!, datagram.Slice(slices[0].Start, slices[0].Length));
            }
        }

        if (followUps != FollowUps.None)
        {
            React(now, peer!, followUps, actions);
        }
    }
}
