using System.Net;
using System.Net.Sockets;

namespace Wgns.WireGuard.Routing;

/// <summary>A prefix of addresses that a peer may send from and is sent to.</summary>
/// <param name="Address">IPv4 or IPv6; bits behind the prefix do not count.</param>
/// <param name="PrefixLength">0 to 32, or 0 to 128.</param>
public readonly record struct AllowedIp(IPAddress Address, int PrefixLength)
{
    internal bool IsIPv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The same prefix with the bits behind it cleared: as it is kept.</summary>
    internal AllowedIp Masked()
    {
        var bytes = Address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xFF << (8 - Math.Clamp(PrefixLength - (i * 8), 0, 8)));
        }

        return new AllowedIp(new IPAddress(bytes), PrefixLength);
    }

    public override string ToString() => $"{Address}/{PrefixLength}";
}
