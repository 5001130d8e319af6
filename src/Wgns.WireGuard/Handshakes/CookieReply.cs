using System.Buffers.Binary;
using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Handshakes;

/// <summary>Message 3 (the paper, 5.4.7): type, receiver's index, nonce, encrypted cookie.</summary>
internal static class CookieReply
{
    internal const int Length = 64;

    private const int ReceiverOffset = 4;
    private const int NonceOffset = 8;
    private const int CookieOffset = 32;

    internal static uint ReceiverOf(ReadOnlySpan<byte> reply) => BinaryPrimitives.ReadUInt32LittleEndian(reply[ReceiverOffset..]);

    /// <summary>Answers a message with the cookie of its sender's address, readable for who saw the message.</summary>
    internal static void Write(
        IPrimitives primitives, IAead aead, IRandom random, MacKeys ours, uint receiver, ReadOnlySpan<byte> mac1, ReadOnlySpan<byte> cookie, Span<byte> reply)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(reply, MessageType.CookieReply);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[ReceiverOffset..], receiver);
        var nonce = reply[NonceOffset..CookieOffset];
        random.Fill(nonce);
        XAead.Seal(primitives, aead, ours.Cookie, nonce, mac1, cookie, reply[CookieOffset..]);
    }

    internal static bool TryOpen(
        IPrimitives primitives, IAead aead, MacKeys theirs, ReadOnlySpan<byte> mac1, ReadOnlySpan<byte> reply, Span<byte> cookie) =>
        XAead.TryOpen(primitives, aead, theirs.Cookie, reply[NonceOffset..CookieOffset], mac1, reply[CookieOffset..], cookie);
}
