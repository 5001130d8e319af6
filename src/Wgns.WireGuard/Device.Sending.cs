using Wgns.WireGuard.Sessions;

namespace Wgns.WireGuard;

/// <summary>Sending under the gate: what waits for a session, and what is empty.</summary>
public sealed partial class Device
{
    /// <summary>
    /// Sends a packet, or lets it wait for a session, for which it asks: where <see cref="Seal"/> said no. The packet is copied.
    /// </summary>
    /// <returns>False where the peer has no endpoint: nobody knows where to send it, now or later.</returns>
    public bool Send(Instant now, Peer peer, ReadOnlySpan<byte> packet, ActionList actions)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(actions);
        lock (_gate)
        {
            if (peer.IsRemoved || peer.Endpoint is null)
            {
                return false;
            }

            if (peer.Staged.Count == Constants.MaxStagedPackets)
            {
                peer.Staged.Dequeue();
            }

            peer.Staged.Enqueue(packet.ToArray());
            SendStaged(peer, now, actions);
            Leave(actions);
            return true;
        }
    }

    /// <summary>Sends what waits, by the session there is; else asks for one.</summary>
    private void SendStaged(Peer peer, Instant now, ActionList actions)
    {
        if (peer.Staged.Count == 0)
        {
            return;
        }

        if (Hold(peer, now) is not { } keypair)
        {
            TryInitiate(peer, now, isRetry: false, actions);
            return;
        }

        try
        {
            while (peer.Staged.TryPeek(out var packet) && TrySend(peer, keypair, packet, actions))
            {
                peer.Staged.Dequeue();
            }
        }
        finally
        {
            keypair.Release();
        }

        AfterSending(peer, keypair, now, hadData: true, actions);
    }

    private void SendKeepalive(Peer peer, Instant now, ActionList actions)
    {
        if (peer.Staged.Count > 0)
        {
            SendStaged(peer, now, actions);
            return;
        }

        if (Hold(peer, now) is not { } keypair)
        {
            TryInitiate(peer, now, isRetry: false, actions);
            return;
        }

        try
        {
            _ = TrySend(peer, keypair, default, actions);
        }
        finally
        {
            keypair.Release();
        }

        AfterSending(peer, keypair, now, hadData: false, actions);
    }

    private static Keypair? Hold(Peer peer, Instant now) =>
        peer.Endpoint is not null && peer.Keypairs.Current is { } keypair && keypair.CanSend(now.Now) && keypair.TryHold() ? keypair : null;

    private bool TrySend(Peer peer, Keypair keypair, ReadOnlySpan<byte> packet, ActionList actions)
    {
        if (!keypair.TryReserve(1, out var counter))
        {
            return false;
        }

        var message = actions.Reserve(Transport.MessageLength(packet.Length, Mtu));
        packet.CopyTo(message[Transport.HeaderLength..]);
        Transport.Seal(_aead, keypair, counter, message, packet.Length);
        peer.CountSent(message.Length);
        actions.AddSend(peer, peer.Endpoint!.Value, message.Length);
        return true;
    }

    private void AfterSending(Peer peer, Keypair keypair, Instant now, bool hadData, ActionList actions)
    {
        if (Sent(peer, keypair, now.Now, hadData).HasFlag(FollowUps.Handshake))
        {
            TryInitiate(peer, now, isRetry: false, actions);
        }
    }
}
