using System.Buffers.Binary;
using System.Net;

namespace Wgns.WireGuard;

/// <summary>
/// Where a peer's datagrams come from and go to, as a value that is compared with each packet. The local half is the "sticky"
/// source: an answer leaves by the address and interface that the question came to (IP_PKTINFO, IPV6_PKTINFO); zeros leave
/// it to the kernel.
/// </summary>
/// <param name="Address">The remote address as a number, host order; an IPv4 address in the low 32 bits.</param>
/// <param name="Port">Host order.</param>
/// <param name="IsIPv6">False for IPv4; IPv4 in IPv6 must come as IPv4.</param>
/// <param name="ScopeId">The interface of a link-local IPv6 address; 0 otherwise.</param>
/// <param name="LocalAddress">As <paramref name="Address"/>; 0 for none.</param>
/// <param name="LocalInterface">An interface's index; 0 for none.</param>
public readonly record struct Endpoint(
    UInt128 Address, ushort Port, bool IsIPv6, uint ScopeId = 0, UInt128 LocalAddress = default, uint LocalInterface = 0)
{
    /// <summary>The most that <see cref="WriteAddress"/> writes.</summary>
    internal const int MaxBytes = 18;

    public static Endpoint From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4
            ? new Endpoint(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)endPoint.Port, false)
            : new Endpoint(BinaryPrimitives.ReadUInt128BigEndian(bytes), (ushort)endPoint.Port, true, (uint)address.ScopeId);
    }

    public IPEndPoint ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        return new IPEndPoint(IsIPv6 ? new IPAddress(bytes, ScopeId) : new IPAddress(bytes[12..]), Port);
    }

    /// <summary>The same remote side, reached by whichever way the kernel takes.</summary>
    internal Endpoint WithoutSource() => this with { LocalAddress = 0, LocalInterface = 0 };

    /// <summary>Address and port as bytes, for a cookie; which bytes is nobody's business but the cookie's maker's.</summary>
    internal int WriteAddress(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Port);
        if (IsIPv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes[2..], Address);
            return MaxBytes;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)Address);
        return 6;
    }
}
