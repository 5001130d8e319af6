using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wgns.Engine.Embedded;

/// <summary>
/// The checksum of IP, TCP and UDP (RFC 1071). Sums are kept as wide as they come, in host byte order, which that sum permits,
/// and folded at the end.
/// </summary>
internal static class InternetChecksum
{
    /// <summary>The sum of <paramref name="bytes"/> as 16-bit words, on top of <paramref name="sum"/>.</summary>
    internal static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        if (Vector128.IsHardwareAccelerated && bytes.Length >= 64)
        {
            var low = Vector128<ulong>.Zero;
            var high = Vector128<ulong>.Zero;
            while (bytes.Length >= 32)
            {
                var first = Vector128.Create(bytes).AsUInt32();
                var second = Vector128.Create(bytes[16..]).AsUInt32();
                low += Vector128.WidenLower(first) + Vector128.WidenLower(second);
                high += Vector128.WidenUpper(first) + Vector128.WidenUpper(second);
                bytes = bytes[32..];
            }

            // At most 2^17 words of 32 bits each: nothing is lost.
            sum += Vector128.Sum(low + high);
        }

        while (bytes.Length >= sizeof(uint))
        {
            sum += MemoryMarshal.Read<uint>(bytes);
            bytes = bytes[sizeof(uint)..];
        }

        if (bytes.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(bytes);
            bytes = bytes[sizeof(ushort)..];
        }

        // An odd last byte is the first of a word whose second is zero.
        return bytes.IsEmpty ? sum : sum + (BitConverter.IsLittleEndian ? bytes[0] : (ulong)bytes[0] << 8);
    }

    /// <summary>A 16-bit field of the pseudo header, on top of a sum.</summary>
    internal static ulong Add(ulong sum, ushort word) => sum + (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word);

    /// <summary>Sixteen bits, in host byte order: written as they are they are in the network's.</summary>
    internal static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16 & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }
}
