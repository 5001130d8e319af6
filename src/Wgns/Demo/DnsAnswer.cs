using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Wgns.Demo;

/// <summary>A question that a resolver was asked.</summary>
/// <param name="Name">Without the closing dot, as it was spelled; bytes outside ASCII are '?'.</param>
/// <param name="Type">1 is A, 28 is AAAA.</param>
public sealed record DnsQuestion(string Name, ushort Type);

/// <summary>The smallest name server there can be (RFC 1035): one name with one IPv4 address, and no other.</summary>
public static class DnsAnswer
{
    public const ushort TypeA = 1;

    private const int HeaderLength = 12;
    private const int LongestName = 255;
    private const ushort ClassIn = 1;

    // RFC 1035 section 4.1.1.
    private const ushort IsResponse = 0x8000;
    private const ushort OpcodeMask = 0x7800;
    private const ushort Authoritative = 0x0400;
    private const ushort RecursionDesired = 0x0100;
    private const ushort RecursionAvailable = 0x0080;
    private const ushort NoSuchName = 3;
    private const ushort NotImplemented = 4;

    /// <summary>The answer to one datagram; null where it is no question, which is best left without one.</summary>
    public static byte[]? To(ReadOnlySpan<byte> query, string name, IPAddress address, out DnsQuestion? question)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(address);
        question = null;
        if (query.Length < HeaderLength)
        {
            return null;
        }

        var flags = BinaryPrimitives.ReadUInt16BigEndian(query[2..]);
        var count = BinaryPrimitives.ReadUInt16BigEndian(query[4..]);
        if ((flags & IsResponse) != 0 || count != 1 || Question(query[HeaderLength..], out var length) is not { } asked)
        {
            return null;
        }

        question = asked;
        var isOurs = string.Equals(asked.Name, name, StringComparison.OrdinalIgnoreCase);
        var code = (flags & OpcodeMask) != 0 ? NotImplemented : isOurs ? (ushort)0 : NoSuchName;
        var hasAddress = code == 0 && asked.Type == TypeA;
        var answer = new byte[HeaderLength + length + (hasAddress ? 16 : 0)];
        query[..(HeaderLength + length)].CopyTo(answer);
        Header(answer, (ushort)(IsResponse | Authoritative | RecursionAvailable | (flags & (OpcodeMask | RecursionDesired)) | code), hasAddress);
        if (hasAddress)
        {
            Record(answer.AsSpan(HeaderLength + length), address);
        }

        return answer;
    }

    private static void Header(Span<byte> answer, ushort flags, bool hasAddress)
    {
        BinaryPrimitives.WriteUInt16BigEndian(answer[2..], flags);
        BinaryPrimitives.WriteUInt16BigEndian(answer[6..], (ushort)(hasAddress ? 1 : 0));
        answer[8..12].Clear();
    }

    /// <summary>The name by a pointer to the question's; a minute to live.</summary>
    private static void Record(Span<byte> record, IPAddress address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], TypeA);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], ClassIn);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], 60);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        address.GetAddressBytes().CopyTo(record[12..]);
    }

    /// <summary>The only question; null where it is cut off, too long, compressed (which questions never are), or not of class IN.</summary>
    private static DnsQuestion? Question(ReadOnlySpan<byte> text, out int length)
    {
        var name = new StringBuilder();
        length = 0;
        while (length < text.Length && length < LongestName)
        {
            int label = text[length++];
            if (label == 0)
            {
                return Tail(text[length..], name.ToString(), ref length);
            }

            if (label > 63 || length + label > text.Length)
            {
                return null;
            }

            name.Append(name.Length == 0 ? string.Empty : ".").Append(Encoding.ASCII.GetString(text.Slice(length, label)));
            length += label;
        }

        return null;
    }

    private static DnsQuestion? Tail(ReadOnlySpan<byte> text, string name, ref int length)
    {
        if (text.Length < 4 || BinaryPrimitives.ReadUInt16BigEndian(text[2..]) != ClassIn)
        {
            return null;
        }

        length += 4;
        return new DnsQuestion(name, BinaryPrimitives.ReadUInt16BigEndian(text));
    }
}
