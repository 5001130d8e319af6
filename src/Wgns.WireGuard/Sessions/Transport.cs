using System.Buffers.Binary;
using Wgns.WireGuard.Primitives;

namespace Wgns.WireGuard.Sessions;

/// <summary>
/// Message 4 (the paper, 5.4.6): type, receiver's index, counter, encrypted packet. Encrypted and decrypted where it lies: sixteen
/// bytes of header before the packet, up to fifteen of padding and sixteen of tag behind.
/// </summary>
public static class Transport
{
    /// <summary>Bytes before a packet.</summary>
    public const int HeaderLength = 16;

    /// <summary>Bytes behind a packet and its padding.</summary>
    public const int TagLength = 16;

    /// <summary>A message without a packet: a keepalive.</summary>
    public const int EmptyLength = HeaderLength + TagLength;

    private const int PaddingMultiple = 16;
    private const int ReceiverOffset = 4;
    private const int CounterOffset = 8;

    /// <summary>How long the message for a packet is, for whoever lays out a buffer.</summary>
    /// <param name="packetLength">Bytes.</param>
    /// <param name="mtu">The device's: padding does not go beyond it. 0 for none.</param>
    public static int MessageLength(int packetLength, int mtu) => EmptyLength + PaddedLength(packetLength, mtu);

    internal static uint ReceiverOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32LittleEndian(message[ReceiverOffset..]);

    internal static ulong CounterOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt64LittleEndian(message[CounterOffset..]);

    /// <summary>The packet already lies behind the header's place.</summary>
    /// <param name="message">Of exactly <see cref="MessageLength"/> bytes.</param>
    internal static void Seal(IAead aead, Keypair keypair, ulong counter, Span<byte> message, int packetLength)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, MessageType.Transport);
        BinaryPrimitives.WriteUInt32LittleEndian(message[ReceiverOffset..], keypair.RemoteIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(message[CounterOffset..], counter);
        var plain = message[HeaderLength..^TagLength];
        plain[packetLength..].Clear();
        aead.Seal(keypair.SendingKey, counter, default, plain, message[HeaderLength..]);
    }

    internal static bool TryOpen(IAead aead, Keypair keypair, Span<byte> message) =>
        aead.TryOpen(keypair.ReceivingKey, CounterOf(message), default, message[HeaderLength..], message[HeaderLength..^TagLength]);

    private static int PaddedLength(int packetLength, int mtu)
    {
        var padded = (packetLength + PaddingMultiple - 1) / PaddingMultiple * PaddingMultiple;
        return mtu == 0 || padded <= mtu ? padded : Math.Max(packetLength, mtu);
    }
}
