using System.Buffers.Binary;

namespace Wgns.WireGuard;

/// <summary>The first four bytes of a message, little endian: a byte of type, three of zero (the paper, 5.4).</summary>
public static class MessageType
{
    public const uint Initiation = 1;
    public const uint Response = 2;
    public const uint CookieReply = 3;
    public const uint Transport = 4;

    /// <summary>The type of a datagram; 0 for one that is too short to have one.</summary>
    public static uint Of(ReadOnlySpan<byte> datagram) =>
        datagram.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(datagram);
}
