using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>RTM_NEWROUTE messages as values.</summary>
internal static class RouteDecoding
{
    /// <summary>
    /// Null for another kind of message, another family (a kernel without IPv6 answers with all families it has),
    /// another table (kernels before 4.20 do not filter), or a destination that does not fit its family.
    /// </summary>
    /// <param name="everyTable">Takes another table, too.</param>
    internal static Route? Decode(Message message, byte family, bool everyTable = false)
    {
        if (message.Type != Rt.RTM_NEWROUTE || message.Header<RtMsg>() is var header && header.rtm_family != family)
        {
            return null;
        }

        var parts = Parts.Read(message);
        if (!everyTable && parts.Table != Rt.RT_TABLE_MAIN)
        {
            return null;
        }

        var destination = parts.Destination
            ?? (header.rtm_dst_len == 0 ? family == Rt.AF_INET6 ? IPAddress.IPv6Any : IPAddress.Any : null);
        return AddressDecoding.CidrOf(destination, family, header.rtm_dst_len) is { } cidr
            ? new Route(cidr, parts.Gateway, parts.Metric, parts.Mtu, header.rtm_scope)
            {
                LinkIndex = parts.LinkIndex,
                HopLinkIndexes = parts.Hops ?? [],
                Table = parts.Table,
                Protocol = header.rtm_protocol,
                Type = (RouteType)header.rtm_type,
            }
            : null;
    }

    /// <summary>Null where the message is no route, or one that refuses.</summary>
    internal static RouteLookup? DecodeLookup(Message message)
    {
        if (message.Type != Rt.RTM_NEWROUTE
            || (RouteType)message.Header<RtMsg>().rtm_type is not (RouteType.Unicast or RouteType.Local))
        {
            return null;
        }

        var parts = Parts.Read(message);
        return parts.LinkIndex == 0 ? null : new RouteLookup(parts.LinkIndex, parts.Gateway, parts.Source, parts.Mtu);
    }

    private struct Parts
    {
        internal IPAddress? Destination;
        internal IPAddress? Gateway;
        internal IPAddress? Source;
        internal int LinkIndex;
        internal ImmutableArray<int>? Hops;
        internal uint Metric;
        internal uint? Mtu;
        internal uint Table;

        internal static Parts Read(Message message)
        {
            // RTA_TABLE has 32 bits and is always there; the header's byte is what old kernels have.
            var parts = new Parts { Table = message.Header<RtMsg>().rtm_table };
            foreach (var attribute in message.AttributesAfter<RtMsg>())
            {
                switch (attribute.Type)
                {
                    case Rt.RTA_DST:
                        parts.Destination = attribute.Address;
                        break;
                    case Rt.RTA_GATEWAY:
                        parts.Gateway = attribute.Address;
                        break;
                    case Rt.RTA_PREFSRC:
                        parts.Source = attribute.Address;
                        break;
                    case Rt.RTA_OIF:
                        parts.LinkIndex = attribute.S32 ?? 0;
                        break;
                    case Rt.RTA_MULTIPATH:
                        parts.Hops = HopsOf(attribute.Value);
                        break;
                    case Rt.RTA_PRIORITY:
                        parts.Metric = attribute.U32 ?? 0;
                        break;
                    case Rt.RTA_TABLE:
                        parts.Table = attribute.U32 ?? parts.Table;
                        break;
                    case Rt.RTA_METRICS:
                        parts.Mtu = MtuOf(attribute.Nested);
                        break;
                }
            }

            return parts;
        }

        /// <summary>As far as lengths are possible, like attributes: RTNH_OK and RTNH_NEXT of linux/rtnetlink.h.</summary>
        private static ImmutableArray<int> HopsOf(ReadOnlySpan<byte> rest)
        {
            var links = ImmutableArray.CreateBuilder<int>();
            while (rest.Length >= Unsafe.SizeOf<RtNextHop>())
            {
                var hop = MemoryMarshal.Read<RtNextHop>(rest);
                if (hop.rtnh_len < Unsafe.SizeOf<RtNextHop>() || hop.rtnh_len > rest.Length)
                {
                    break;
                }

                links.Add(hop.rtnh_ifindex);
                rest = rest[Math.Min((hop.rtnh_len + 3) & ~3, rest.Length)..];
            }

            return links.ToImmutable();
        }

        private static uint? MtuOf(AttributeReader metrics)
        {
            foreach (var attribute in metrics)
            {
                if (attribute.Type == Rt.RTAX_MTU)
                {
                    return attribute.U32;
                }
            }

            return null;
        }
    }
}
