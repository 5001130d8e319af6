using System.Buffers.Binary;
using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;
using Wgns.WireGuard.Sessions;

namespace Wgns.WireGuard.Handshakes;

/// <summary>
/// Message 2 (the paper, 5.4.3): type, sender's index, receiver's index, ephemeral key, nothing encrypted, macs. Both sides then
/// have a session.
/// </summary>
internal static class Response
{
    internal const int Length = 92;

    private const int SenderOffset = 4;
    private const int ReceiverOffset = 8;
    private const int EphemeralOffset = 12;
    private const int NothingOffset = 44;
    private const int MacsOffset = 60;

    internal static uint SenderOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[SenderOffset..]);

    internal static uint ReceiverOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[ReceiverOffset..]);

    /// <summary>Writes all but the macs.</summary>
    /// <returns>Null where one of the initiator's keys is a point of small order; nothing may be sent then.</returns>
    internal static Keypair? TryWrite(
        NoiseState noise, Peer peer, ReadOnlySpan<byte> initiation, IPrivateKey ephemeral, uint localIndex, TimeSpan now, Span<byte> message)
    {
        Span<byte> secret = stackalloc byte[Secret.Length];
        Span<byte> key = stackalloc byte[Secret.Length];
        try
        {
            var remoteIndex = Initiation.SenderOf(initiation);
            BinaryPrimitives.WriteUInt32LittleEndian(message, MessageType.Response);
            BinaryPrimitives.WriteUInt32LittleEndian(message[SenderOffset..], localIndex);
            BinaryPrimitives.WriteUInt32LittleEndian(message[ReceiverOffset..], remoteIndex);
            ephemeral.PublicKey.CopyTo(message[EphemeralOffset..]);
            noise.MixEphemeral(ephemeral.PublicKey);
            if (!ephemeral.TryAgree(Initiation.EphemeralOf(initiation), secret))
            {
                return null;
            }

            noise.MixKey(secret);
            if (!ephemeral.TryAgree(peer.PublicKeyBytes, secret))
            {
                return null;
            }

            noise.MixKey(secret);
            noise.MixPresharedKey(peer.PresharedKey.Span, key);
            noise.Seal(key, default, message[NothingOffset..MacsOffset]);
            noise.Split(secret, key);
            return new Keypair(peer, localIndex, remoteIndex, isInitiator: false, now, sending: key, receiving: secret) { Rival = peer.Pending?.LocalIndex };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Reads the response to an initiation of ours; leaves that as it is unless the response is genuine.</summary>
    internal static Keypair? TryRead(
        IPrimitives primitives, IAead aead, LocalIdentity local, PendingInitiation pending, TimeSpan now, ReadOnlySpan<byte> message)
    {
        Span<byte> chain = stackalloc byte[Secret.Length];
        Span<byte> hash = stackalloc byte[Secret.Length];
        Span<byte> secret = stackalloc byte[Secret.Length];
        Span<byte> key = stackalloc byte[Secret.Length];
        try
        {
            pending.Chain.Span.CopyTo(chain);
            pending.Hash.Span.CopyTo(hash);
            var noise = new NoiseState(primitives, aead, chain, hash);
            var ephemeral = message[EphemeralOffset..NothingOffset];
            noise.MixEphemeral(ephemeral);
            if (!pending.Ephemeral.TryAgree(ephemeral, secret))
            {
                return null;
            }

            noise.MixKey(secret);
            if (!local.Key.TryAgree(ephemeral, secret))
            {
                return null;
            }

            noise.MixKey(secret);
            noise.MixPresharedKey(pending.Peer.PresharedKey.Span, key);
            if (!noise.TryOpen(key, message[NothingOffset..MacsOffset], default))
            {
                return null;
            }

            noise.Split(secret, key);
            return new Keypair(pending.Peer, pending.LocalIndex, SenderOf(message), isInitiator: true, now, sending: secret, receiving: key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(chain);
            CryptographicOperations.ZeroMemory(hash);
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
