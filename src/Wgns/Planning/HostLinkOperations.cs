using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>Loads a table of the host's, in one transaction with taking away what was there under its name.</summary>
/// <param name="Text">The table, whole.</param>
public sealed record LoadHostRules(string Table, string Text) : Operation
{
    public override string Describe() => $"load firewall rules of the host link (table inet {Table} of the host)";
}

public sealed record DeleteHostRules(string Table) : Operation
{
    public override string Describe() => $"delete table inet {Table} of the host";
}

/// <summary>
/// Has the host forget conversations with published ports of UDP that do not lead where they are to. The kernel looks at the rules of
/// address translation with the first packet of one alone, and one has no end while its caller goes on.
/// </summary>
public sealed record ForgetCallers(ImmutableArray<LinkPort> Ports) : Operation
{
    public override string Describe() => $"have the host forget earlier callers of {string.Join(", ", Ports.Select(p => $"{p.Listen} ({p.Protocol.Word()})"))}";
}

/// <summary>A setting of the host's for one of its links.</summary>
/// <param name="Key">Parts by slashes, below /proc/sys.</param>
public sealed record SetHostSysctl(string Key, string Value) : Operation
{
    public override string Describe() => $"set {Key} = {Value} of the host";
}

/// <summary>
/// Makes both ends, without link-local addresses and forwarding, gives them their addresses and brings them up. Whole or not at
/// all: a failure takes both away.
/// </summary>
public sealed record CreateHostLink(string Name, HostLinkName Link, ImmutableArray<Cidr> HostAddresses, ImmutableArray<Cidr> NamespaceAddresses) : Operation
{
    public override string Describe() => $"create host link {Link.HostIfname} - {Link.Ifname}";

    /// <summary>Settings of an end, in their order, before it has an address or is up.</summary>
    /// <remarks>Documentation/networking/ip-sysctl.rst.</remarks>
    public static IEnumerable<(string Key, string Value)> Settings(string ifname, ImmutableArray<Cidr> addresses) =>
    [
        // None by itself (IN6_ADDR_GEN_MODE_NONE); then IPv6 as a whole, where no address of it was asked for.
        ($"net/ipv6/conf/{ifname}/addr_gen_mode", "1"),
        ($"net/ipv6/conf/{ifname}/accept_ra", "0"),
        ($"net/ipv6/conf/{ifname}/disable_ipv6", addresses.Any(a => a.IsIPv6) ? "0" : "1"),
        (Forwarding.RouterV6(ifname), "0"),
        (Forwarding.V4(ifname), "0"),

        // A source that is not at the other end is dropped (RFC 3704); ARP tells of no other link's address.
        ($"net/ipv4/conf/{ifname}/rp_filter", "1"),
        ($"net/ipv4/conf/{ifname}/arp_ignore", "1"),
    ];
}

public sealed record DeleteHostLink(string Name, HostLinkName Link) : Operation
{
    public override string Describe() => $"delete host link {Link.HostIfname} - {Link.Ifname}";
}
