using System.Collections.Immutable;
using System.Net;

namespace Wgns.Linux.Rtnetlink;

/// <summary>What a route does with a packet: RTN_ of linux/rtnetlink.h. Values without a name here are possible.</summary>
public enum RouteType : byte
{
    Unspecified = 0,

    /// <summary>Sends it on.</summary>
    Unicast = Rt.RTN_UNICAST,

    /// <summary>Delivers it here.</summary>
    Local = Rt.RTN_LOCAL,

    /// <summary>Drops it without a word.</summary>
    Blackhole = Rt.RTN_BLACKHOLE,

    /// <summary>Refuses it: EHOSTUNREACH.</summary>
    Unreachable = Rt.RTN_UNREACHABLE,

    /// <summary>Refuses it: EACCES.</summary>
    Prohibit = Rt.RTN_PROHIBIT,
}

/// <summary>A route, of the main table where nothing else is said.</summary>
/// <param name="Destination">The network, host bits clear; 0.0.0.0/0 or ::/0 is the default route.</param>
/// <param name="Gateway">The next hop; null where the destination is on the link.</param>
/// <param name="Metric">RTA_PRIORITY, lower wins; 0 lets the kernel choose, which is 1024 for IPv6.</param>
/// <param name="Mtu">RTAX_MTU in bytes; null is the link's.</param>
/// <param name="Scope">
/// RT_SCOPE_ number; null, when adding, is link (253) without and universe (0) with a gateway, and when deleting any.
/// IPv6 has only 0.
/// </param>
public sealed record Route(
    Cidr Destination,
    IPAddress? Gateway = null,
    uint Metric = 0,
    uint? Mtu = null,
    byte? Scope = null)
{
    /// <summary>RT_TABLE_MAIN of linux/rtnetlink.h.</summary>
    public const uint MainTable = Rt.RT_TABLE_MAIN;

    /// <summary>The link it goes out by; 0 where it has none or several. Ignored when adding and deleting.</summary>
    public int LinkIndex { get; init; }

    /// <summary>
    /// The links of its next hops where it has several (RTA_MULTIPATH), else empty. A route by a nexthop object (ip-nexthop(8))
    /// has neither these nor <see cref="LinkIndex"/> where net.ipv4.nexthop_compat_mode is 0. Ignored when adding and deleting.
    /// </summary>
    public ImmutableArray<int> HopLinkIndexes { get; init; } = [];

    /// <summary>RT_TABLE_ number. Ignored when adding and deleting, which are of the main table.</summary>
    public uint Table { get; init; } = MainTable;

    /// <summary>RTPROT_ number: who made it. 2 is the kernel itself, 3 (the default, as with ip-route(8)) a tool.</summary>
    public byte Protocol { get; init; } = Rt.RTPROT_BOOT;

    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>True for what nobody configured: the kernel made it of an address, an ICMP redirect or a router advertisement.</summary>
    public bool IsAutomatic => Protocol is Rt.RTPROT_KERNEL or Rt.RTPROT_REDIRECT or Rt.RTPROT_RA;

    /// <summary>True for 0.0.0.0/0 and ::/0.</summary>
    public bool IsDefault => Destination.PrefixLength == 0;
}

/// <summary>Which way the kernel would send packets to one address.</summary>
/// <param name="LinkIndex">The link they go out by.</param>
/// <param name="Gateway">The next hop; null where the address is on the link.</param>
/// <param name="Source">The source address that would be chosen; null where the kernel gave none.</param>
/// <param name="Mtu">The route's own or learned MTU in bytes; null where the link's counts.</param>
public sealed record RouteLookup(int LinkIndex, IPAddress? Gateway, IPAddress? Source, uint? Mtu);
