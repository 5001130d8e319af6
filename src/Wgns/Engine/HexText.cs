namespace Wgns.Engine;

/// <summary>Lower-case hex in UTF-8, without table look-ups or strings: what it converts are keys.</summary>
internal static class HexText
{
    /// <summary>Writes two digits a byte.</summary>
    internal static void Encode(ReadOnlySpan<byte> bytes, Span<byte> hex)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            hex[i * 2] = Digit(bytes[i] >> 4);
            hex[(i * 2) + 1] = Digit(bytes[i] & 15);
        }
    }

    /// <summary>False where it is not exactly two digits, of either case, for each byte.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> hex, Span<byte> bytes)
    {
        if (hex.Length != bytes.Length * 2)
        {
            return false;
        }

        var bad = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var high = Value(hex[i * 2]);
            var low = Value(hex[(i * 2) + 1]);
            bad |= high | low;
            bytes[i] = (byte)((high << 4) | (low & 15));
        }

        return bad >= 0;
    }

    // 87 is 'a' - 10, and 39 less is '0': the shift is all ones for a digit below ten.
    private static byte Digit(int nibble) => (byte)(87 + nibble - (((nibble - 10) >> 31) & 39));

    /// <summary>-1 where it is no digit.</summary>
    private static int Value(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
