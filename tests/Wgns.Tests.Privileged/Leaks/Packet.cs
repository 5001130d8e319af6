using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Wgns.Tests.Privileged.Leaks;

/// <summary>A packet that a sniffer saw, as far as it must be told from others.</summary>
/// <param name="Ethertype">linux/if_ether.h: 0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP.</param>
/// <param name="Protocol">IANA's number: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6.</param>
/// <param name="Kind">The talker's word for it, by its mark or, where it can carry none, by its port.</param>
internal sealed record Packet(int Ethertype, int Protocol, string Source, string Destination, int SourcePort, int DestinationPort, int IcmpType, string? Kind)
{
    private const int Ipv4 = 0x0800;
    private const int Ipv6 = 0x86dd;
    private const int Arp = 0x0806;

    /// <summary>
    /// What a machine with a tunnel says for itself: the encrypted packets, that nobody listens at a closed tunnel's port,
    /// and the neighbours' addresses (ARP; RFC 4861 and RFC 3810 with 130-137 and 143).
    /// </summary>
    internal bool IsOfTheTunnel(int port) => Kind is null && (Ethertype == Arp
        || (Protocol == 17 && (SourcePort == port || DestinationPort == port))
        || (Ethertype == Ipv4 && Protocol == 1 && IcmpType == 3 && (SourcePort == port || DestinationPort == port))
        || IsOfTheLink);

    /// <summary>ICMPv6 between neighbours.</summary>
    internal bool IsOfTheLink => Ethertype == Ipv6 && Protocol == 58 && IcmpType is (>= 130 and <= 137) or 143;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind ?? "?"} (0x{Ethertype:x4} protocol {Protocol} type {IcmpType}) {Source}:{SourcePort} > {Destination}:{DestinationPort}");

    internal static Packet Read(int ethertype, ReadOnlySpan<byte> bytes)
    {
        var mark = Mark(bytes);
        return ethertype switch
        {
            Ipv4 when bytes.Length >= 20 => Read(ethertype, bytes[9], bytes[12..16], bytes[16..20], bytes[Math.Min((bytes[0] & 15) * 4, bytes.Length)..], mark),

            // Hop-by-hop options stand before MLD (RFC 3810).
            Ipv6 when bytes.Length >= 48 && bytes[6] == 0 => Read(ethertype, bytes[40], bytes[8..24], bytes[24..40], bytes[48..], mark),
            Ipv6 when bytes.Length >= 40 => Read(ethertype, bytes[6], bytes[8..24], bytes[24..40], bytes[40..], mark),
            _ => new Packet(ethertype, 0, "-", "-", 0, 0, 0, mark),
        };
    }

    private static Packet Read(int ethertype, int protocol, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> rest, string? mark)
    {
        var hasPorts = protocol is 6 or 17 or 136 && rest.Length >= 4;
        var (from, to) = hasPorts ? (BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt16BigEndian(rest[2..])) : (0, 0);
        var icmp = protocol is 1 or 58 && rest.Length > 0 ? rest[0] : 0;
        if (protocol == 1 && icmp == 3 && rest.Length >= 8 + 24)
        {
            // Whom it is about: the IP header that it quotes has no options here.
            (from, to) = (BinaryPrimitives.ReadUInt16BigEndian(rest[28..]), BinaryPrimitives.ReadUInt16BigEndian(rest[30..]));
        }

        return new Packet(
            ethertype, protocol, new IPAddress(source).ToString(), new IPAddress(destination).ToString(), from, to, icmp, mark ?? (protocol == 6 ? Tcp(ethertype, to) : null));
    }

    private static string? Mark(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOf("LEAK:"u8);
        var end = start < 0 ? -1 : bytes[start..].IndexOf((byte)'.');
        return end < 0 ? null : Encoding.ASCII.GetString(bytes[(start + 5)..(start + end)]);
    }

    private static string? Tcp(int ethertype, int port) => (ethertype, port) switch
    {
        (Ipv4, 80) => "tcp",
        (Ipv4, 53) => "dns-tcp",
        (Ipv4, 853) => "dns-tls",
        (Ipv6, 80) => "tcp6",
        (Ipv6, 53) => "dns6-tcp",
        (Ipv6, 853) => "dns6-tls",
        _ => null,
    };
}
