using Wgns.Linux.Sockets;
using Wgns.WireGuard;

namespace Wgns.Tests.Linux.Sockets;

/// <summary>Bytes put together by hand from ip(7) and ipv6(7): the family in the machine's order, port and address in the network's.</summary>
public sealed class SockAddrTests
{
    private static readonly byte[] IPv4 = [2, 0, 0xCA, 0x6C, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] IPv6 = [10, 0, 0xCA, 0x6C, 0, 0, 0, 0, 0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0];

    private static readonly Endpoint EndpointV4 = new(0xC0000201, 51820, IsIPv6: false);
    private static readonly Endpoint EndpointV6 = new(new UInt128(0xFE80000000000000, 1), 51820, IsIPv6: true, ScopeId: 3);

    [Test]
    public void An_endpoint_is_written_over_whatever_was_there()
    {
        var name = Enumerable.Repeat((byte)0xFF, SockAddr.MaxLength).ToArray();
        name[..SockAddr.Write(name, EndpointV4)].Should().Equal(IPv4);
        name[..SockAddr.Write(name, EndpointV6)].Should().Equal(IPv6);
    }

    [Test]
    public void What_is_written_is_read()
    {
        SockAddr.TryRead(IPv4).Should().Be(EndpointV4);
        SockAddr.TryRead(IPv6).Should().Be(EndpointV6);
        SockAddr.Read(IPv6).Should().Be(EndpointV6);
        SockAddr.Read([.. IPv4, .. new byte[12]]).Should().Be(EndpointV4);
    }

    [Test]
    public void What_is_cut_off_or_of_another_family_is_no_endpoint()
    {
        SockAddr.TryRead([]).Should().BeNull();
        SockAddr.TryRead([2]).Should().BeNull();
        SockAddr.TryRead(IPv4.AsSpan(0, 15)).Should().BeNull();
        SockAddr.TryRead(IPv6.AsSpan(0, 27)).Should().BeNull();
        SockAddr.TryRead([1, .. IPv4[1..]]).Should().BeNull();
    }
}
