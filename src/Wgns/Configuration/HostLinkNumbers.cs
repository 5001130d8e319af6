using System.Globalization;
using System.Net;
using Wgns.Linux;

namespace Wgns.Configuration;

/// <summary>The /30 of a host link that was given no addresses.</summary>
public static class HostLinkNumbers
{
    /// <summary>RFC 2544 has it for measurements between two machines: nobody routes it, and hardly a provider numbers with it.</summary>
    public static readonly Cidr Range = new(IPAddress.Parse("198.18.0.0"), 15);

    private const int Length = 30;
    private const int Count = 1 << (Length - 15);

    /// <summary>
    /// The two addresses of a /30 that overlaps none of <paramref name="taken"/>: the one that the namespace's name leads to, or
    /// the next that is free. Null where none is.
    /// </summary>
    public static (Cidr Host, Cidr Namespace)? Of(string name, IReadOnlyCollection<Cidr> taken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(taken);
        var first = int.Parse(HostLinkConfig.Hash(name)[..7], NumberStyles.HexNumber, CultureInfo.InvariantCulture) % Count;
        for (var i = 0; i < Count; i++)
        {
            var network = Network((first + i) % Count);
            if (!taken.Any(t => t.Overlaps(network)))
            {
                return (Numbered(network, 1), Numbered(network, 2));
            }
        }

        return null;
    }

    private static Cidr Network(int index)
    {
        var bytes = Range.Address.GetAddressBytes();
        var number = (uint)((bytes[0] << 24) | (bytes[1] << 16)) + ((uint)index << (32 - Length));
        return new Cidr(new IPAddress([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]), Length);
    }

    private static Cidr Numbered(Cidr network, byte last)
    {
        var bytes = network.Address.GetAddressBytes();
        bytes[3] += last;
        return new Cidr(new IPAddress(bytes), Length);
    }
}
