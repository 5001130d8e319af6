namespace Wgns.Tests.Linux;

/// <summary>Byte fixtures written as hex, with spaces and line ends as the reader likes.</summary>
internal static class Bytes
{
    public static byte[] Of(string hex) => Convert.FromHexString(string.Concat(hex.Where(c => !char.IsWhiteSpace(c))));

    /// <summary>A value's place in the bytes; -1 where it is not there.</summary>
    public static int Find(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part);
}
