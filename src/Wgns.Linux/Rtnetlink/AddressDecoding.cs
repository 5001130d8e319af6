using System.Net;
using System.Net.Sockets;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>RTM_NEWADDR messages as values.</summary>
internal static class AddressDecoding
{
    /// <summary>Null for another kind of message, or an address that does not fit its family.</summary>
    internal static Address? Decode(Message message)
    {
        if (message.Type != Rt.RTM_NEWADDR)
        {
            return null;
        }

        var header = message.Header<IfAddrMsg>();
        IPAddress? local = null;
        IPAddress? address = null;
        uint flags = header.ifa_flags;
        foreach (var attribute in message.AttributesAfter<IfAddrMsg>())
        {
            switch (attribute.Type)
            {
                case Rt.IFA_LOCAL:
                    local = attribute.Address;
                    break;
                case Rt.IFA_ADDRESS:
                    address = attribute.Address;
                    break;
                case Rt.IFA_FLAGS:
                    flags = attribute.U32 ?? flags;
                    break;
            }
        }

        // IPv6 gives IFA_LOCAL only where there is a peer, IPv4 always: IFA_ADDRESS is then the peer's.
        return CidrOf(local ?? address, header.ifa_family, header.ifa_prefixlen) is { } cidr
            ? new Address((int)header.ifa_index, cidr, flags, header.ifa_scope)
            : null;
    }

    /// <summary>Null where the parts do not fit together.</summary>
    internal static Cidr? CidrOf(IPAddress? address, byte family, byte prefixLength)
    {
        var (expected, bits) = family == Rt.AF_INET6 ? (AddressFamily.InterNetworkV6, 128) : (AddressFamily.InterNetwork, 32);
        return address?.AddressFamily == expected && prefixLength <= bits ? new Cidr(address, prefixLength) : null;
    }
}
