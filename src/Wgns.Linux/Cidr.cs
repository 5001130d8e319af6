using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Wgns.Linux;

/// <summary>An IP address with a prefix length: 0-32 for IPv4, 0-128 for IPv6. Host bits may be set.</summary>
public readonly record struct Cidr
{
    public Cidr(IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, BitsOf(address));
        Address = address;
        PrefixLength = prefixLength;
    }

    /// <summary>An address alone, which stands for itself only: /32, /128.</summary>
    public static Cidr Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new Cidr(address, BitsOf(address));
    }

    public IPAddress Address { get; }

    public int PrefixLength { get; }

    public bool IsIPv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The same network with every host bit cleared, as the kernel keeps allowed IPs and routes.</summary>
    public Cidr Masked()
    {
        var bytes = Address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var keep = Math.Clamp(PrefixLength - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - keep));
        }

        return new Cidr(new IPAddress(bytes), PrefixLength);
    }

    /// <summary>True where <paramref name="address"/> is of this family and its first bits are this network's.</summary>
    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.AddressFamily == Address.AddressFamily
            && new Cidr(address, PrefixLength).Masked() == Masked();
    }

    /// <summary>Whether an address is in both.</summary>
    public bool Overlaps(Cidr other) => PrefixLength <= other.PrefixLength ? Contains(other.Address) : other.Contains(Address);

    /// <summary>
    /// Reads <c>10.0.0.2/24</c>, <c>fd00::2/64</c>, or an address alone, which stands for itself only (/32, /128).
    /// Takes the strict forms of inet_pton(3) and no zone: IPAddress also takes "10.1" and "0x0a.1", which no tool
    /// in this field does.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Cidr? cidr)
    {
        ArgumentNullException.ThrowIfNull(text);
        cidr = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        if (!TryParseAddress(addressText, out var address))
        {
            return false;
        }

        var bits = BitsOf(address);
        if (slash >= 0)
        {
            var prefix = text.AsSpan(slash + 1);
            if (!int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > bits)
            {
                return false;
            }

            bits = length;
        }

        cidr = new Cidr(address, bits);
        return true;
    }

    /// <summary>Reads an address in the strict forms of inet_pton(3), without a zone.</summary>
    public static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        var strict = text.Contains(':', StringComparison.Ordinal)
            ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : text.Split('.') is { Length: 4 } parts && parts.All(IsDecimalByte);
        return strict && IPAddress.TryParse(text, out address);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    private static bool IsDecimalByte(string part) =>
        part.Length is > 0 and <= 3
        && (part.Length == 1 || part[0] != '0')
        && byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static int BitsOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
}
