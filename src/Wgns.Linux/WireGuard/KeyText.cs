using System.Buffers.Text;
using System.Security.Cryptography;

namespace Wgns.Linux.WireGuard;

/// <summary>The one text form of a key: base64 of 32 bytes, 44 characters ending in one '='.</summary>
public static class KeyText
{
    public const int Length = 44;

    /// <summary>Of what <see cref="WriteLine"/> writes, in bytes.</summary>
    public const int LineLength = Length + 1;

    /// <summary>The key as a file of its own holds it, with a line feed. Who called wipes it.</summary>
    /// <param name="line">At least <see cref="LineLength"/> bytes.</param>
    public static void WriteLine(SecretKey key, Span<byte> line)
    {
        ArgumentNullException.ThrowIfNull(key);
        Base64.EncodeToUtf8(key.Span, line, out _, out _);
        line[Length] = (byte)'\n';
    }

    /// <summary>Decodes without leaving a copy behind; refuses white space and set padding bits, as wg(8) does.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> key)
    {
        if (text.Length != Length || text[^1] != '=' || text.ContainsAny(" \t\r\n"))
        {
            return false;
        }

        Span<byte> ascii = stackalloc byte[Length];
        Span<byte> again = stackalloc byte[Length];
        try
        {
            for (var i = 0; i < Length; i++)
            {
                if (text[i] > 127)
                {
                    return false;
                }

                ascii[i] = (byte)text[i];
            }

            return Base64.DecodeFromUtf8(ascii, key, out _, out var written) == System.Buffers.OperationStatus.Done
                && written == WireGuardKey.Length
                && Base64.EncodeToUtf8(key, again, out _, out _) == System.Buffers.OperationStatus.Done
                && again.SequenceEqual(ascii);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(ascii);
            CryptographicOperations.ZeroMemory(again);
        }
    }
}
