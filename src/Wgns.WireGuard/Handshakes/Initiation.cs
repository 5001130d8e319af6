using System.Buffers.Binary;
using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>
/// Message 1 (the paper, 5.4.2): type, sender's index, ephemeral key, encrypted static key, encrypted timestamp, macs.
/// </summary>
internal static class Initiation
{
    internal const int Length = 148;

    private const int SenderOffset = 4;
    private const int EphemeralOffset = 8;
    private const int StaticOffset = 40;
    private const int TimestampOffset = 88;
    private const int MacsOffset = 116;

    internal static uint SenderOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[SenderOffset..]);

    internal static ReadOnlySpan<byte> EphemeralOf(ReadOnlySpan<byte> message) => message[EphemeralOffset..StaticOffset];

    /// <summary>Writes all but the macs.</summary>
    /// <returns>False where the peer's public key is a point of small order; nothing may be sent then.</returns>
    internal static bool TryWrite(
        IPrimitives primitives, IAead aead, LocalIdentity local, PendingInitiation pending, ReadOnlySpan<byte> timestamp, Span<byte> message)
    {
        var peer = pending.Peer;
        var noise = new NoiseState(primitives, aead, pending.Chain.Span, pending.Hash.Span);
        Span<byte> secret = stackalloc byte[Secret.Length];
        Span<byte> key = stackalloc byte[Secret.Length];
        try
        {
            BinaryPrimitives.WriteUInt32LittleEndian(message, MessageType.Initiation);
            BinaryPrimitives.WriteUInt32LittleEndian(message[SenderOffset..], pending.LocalIndex);
            noise.Begin(peer.PublicKeyBytes);
            pending.Ephemeral.PublicKey.CopyTo(message[EphemeralOffset..]);
            noise.MixEphemeral(pending.Ephemeral.PublicKey);
            if (!pending.Ephemeral.TryAgree(peer.PublicKeyBytes, secret) || peer.StaticSecret is not { } staticSecret)
            {
                return false;
            }

            noise.MixKey(secret, key);
            noise.Seal(key, local.PublicKeyBytes, message[StaticOffset..TimestampOffset]);
            noise.MixKey(staticSecret.Span, key);
            noise.Seal(key, timestamp, message[TimestampOffset..MacsOffset]);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Reads one of a known peer's; <paramref name="noise"/> is then where the response goes on. Whether it is a replay is for the
    /// caller to tell by the timestamp.
    /// </summary>
    internal static bool TryRead(
        LocalIdentity local, PeerTable peers, NoiseState noise, ReadOnlySpan<byte> message, Span<byte> timestamp, out Peer? peer)
    {
        peer = null;
        Span<byte> secret = stackalloc byte[Secret.Length];
        Span<byte> key = stackalloc byte[Secret.Length];
        Span<byte> sender = stackalloc byte[PublicKey.Length];
        try
        {
            noise.Begin(local.PublicKeyBytes);
            noise.MixEphemeral(EphemeralOf(message));
            if (!local.Key.TryAgree(EphemeralOf(message), secret))
            {
                return false;
            }

            noise.MixKey(secret, key);
            if (!noise.TryOpen(key, message[StaticOffset..TimestampOffset], sender)
                || peers.Find(new PublicKey(sender)) is not { StaticSecret: { } staticSecret } known)
            {
                return false;
            }

            noise.MixKey(staticSecret.Span, key);
            if (!noise.TryOpen(key, message[TimestampOffset..MacsOffset], timestamp))
            {
                return false;
            }

            peer = known;
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
