using System.Net;
using Wgns.Linux.Forwarding;
using Wgns.Linux.Sockets;
using Wgns.WireGuard;

namespace Wgns.Tests.Linux.Forwarding;

/// <summary>Against examples put together by hand from haproxy's proxy-protocol.txt, section 2.2.</summary>
public sealed class ProxyHeaderTests
{
    private const string Signature = "0D0A0D0A000D0A515549540A";

    [TestCase("192.0.2.1:1234", "198.51.100.2:443", "21" + "11" + "000C" + "C0000201" + "C6336402" + "04D2" + "01BB")]
    [TestCase(
        "[2001:db8::1]:1", "[2001:db8::2]:65535",
        "21" + "21" + "0024" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002" + "0001" + "FFFF")]
    public void The_addresses_outside_are_told(string source, string destination, string expected) =>
        Header(Name(source), Name(destination)).Should().Be(Signature + expected);

    [Test]
    public void IPv4_that_came_by_a_socket_of_both_is_told_as_IPv4()
    {
        byte[] Mapped(byte last, byte port) => [10, 0, 0, port, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, last, 0, 0, 0, 0];
        Header(Mapped(1, 7), Mapped(2, 9)).Should().Be(Signature + "21" + "11" + "000C" + "C0000201" + "C0000202" + "0007" + "0009");
    }

    [Test]
    public void Of_a_unix_socket_nothing_is_known() =>
        Header([1, 0], [1, 0, (byte)'/', (byte)'a', 0]).Should().Be(Signature + "21" + "00" + "0000");

    private static string Header(byte[] source, byte[] destination)
    {
        var into = new byte[ProxyHeader.MaxLength];
        return Convert.ToHexString(into, 0, ProxyHeader.Write(into, source, destination));
    }

    private static byte[] Name(string text)
    {
        var name = new byte[SockAddr.MaxLength];
        return name[..SockAddr.Write(name, Endpoint.From(IPEndPoint.Parse(text)))];
    }
}
