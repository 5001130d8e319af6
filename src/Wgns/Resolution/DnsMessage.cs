using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Wgns.Resolution;

/// <summary>What becomes of a question.</summary>
/// <param name="Code">RCODE: 0 is an answer, be it an empty one; 3 says that there is no such name.</param>
internal sealed record DnsReply(int Code, IReadOnlyList<IPAddress> Addresses);

/// <summary>Questions for addresses and their answers (RFC 1035 section 4), of a server that follows aliases itself.</summary>
internal static class DnsMessage
{
    internal const ushort A = 1;
    internal const ushort Aaaa = 28;

    /// <summary>A name of at most 255 bytes in labels of 1 to 63, as Endpoint.IsHostName lets them through.</summary>
    internal static byte[] Query(ushort id, string name, ushort type)
    {
        var query = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.TrimEnd('.').Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        query.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        return [.. query];
    }

    /// <summary>Null for what is no whole response to that question.</summary>
    internal static DnsReply? Parse(ReadOnlySpan<byte> message, ReadOnlySpan<byte> query)
    {
        if (message.Length < query.Length || !message[..2].SequenceEqual(query[..2]) || (message[2] & 0x80) == 0
            || U16(message, 4) != 1 || !message[12..query.Length].SequenceEqual(query[12..]))
        {
            return null;
        }

        var addresses = new List<IPAddress>();
        var type = U16(query, query.Length - 4);
        var at = query.Length;
        for (var left = U16(message, 6); left > 0; left--)
        {
            at = AfterName(message, at);
            if (at < 0 || at + 10 > message.Length)
            {
                return null;
            }

            var (kind, length) = (U16(message, at), U16(message, at + 8));
            at += 10;
            if (at + length > message.Length)
            {
                return null;
            }

            if (kind == type && length == (type == A ? 4 : 16))
            {
                addresses.Add(new IPAddress(message.Slice(at, length)));
            }

            at += length;
        }

        return new DnsReply(message[3] & 0xF, addresses);
    }

    /// <summary>Negative where it does not end.</summary>
    private static int AfterName(ReadOnlySpan<byte> message, int at)
    {
        while (at < message.Length)
        {
            var length = message[at];
            if (length == 0)
            {
                return at + 1;
            }

            if (length >= 0xC0)
            {
                return at + 2; // a pointer ends it (section 4.1.4)
            }

            at += length + 1;
        }

        return -1;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
