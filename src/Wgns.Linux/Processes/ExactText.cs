using System.Text;

namespace Wgns.Linux.Processes;

/// <summary>
/// Bytes that are to be UTF-8 and may be anything, such as a file's name, as text and back: a byte that is no part of a
/// character is one half of a surrogate pair, U+DC80 to U+DCFF, which UTF-8 never has alone.
/// </summary>
internal static class ExactText
{
    private const int First = 0xDC80;
    private const int Last = 0xDCFF;
    private const int Offset = 0xDC00;

    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isCharacter)
            {
                text.Append(rune.ToString());
            }

            for (var i = 0; !isCharacter && i < length; i++)
            {
                text.Append((char)(Offset + bytes[i]));
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>Whether <see cref="Encode"/> could give other bytes than UTF-8 does.</summary>
    internal static bool HasBytes(string text) => text.AsSpan().ContainsAnyInRange((char)First, (char)Last);

    internal static byte[] Encode(string text)
    {
        var bytes = new MemoryStream(text.Length + 16);
        Span<byte> buffer = stackalloc byte[4];
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done && rest[0] is >= (char)First and <= (char)Last)
            {
                bytes.WriteByte((byte)(rest[0] - Offset));
            }
            else
            {
                bytes.Write(buffer[..rune.EncodeToUtf8(buffer)]);
            }

            rest = rest[length..];
        }

        return bytes.ToArray();
    }
}
