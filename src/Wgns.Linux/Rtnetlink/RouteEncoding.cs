using System.Net;
using System.Net.Sockets;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Requests about routes, as rtnetlink(7) lays them out.</summary>
internal static class RouteEncoding
{
    /// <param name="table">RT_TABLE_UNSPEC is all of them.</param>
    internal static MessageWriter List(byte family, byte table = Rt.RT_TABLE_MAIN) => new MessageWriter(Rt.RTM_GETROUTE)
        .Struct(new RtMsg { rtm_family = family, rtm_table = table });

    internal static MessageWriter New(int link, Route route)
    {
        var natural = route.Gateway is null && !route.Destination.IsIPv6 ? Rt.RT_SCOPE_LINK : Rt.RT_SCOPE_UNIVERSE;
        var writer = Message(Rt.RTM_NEWROUTE, Nl.NLM_F_CREATE | Nl.NLM_F_EXCL, link, route, new RtMsg
        {
            rtm_protocol = route.Protocol,
            rtm_scope = route.Scope ?? natural,
            rtm_type = (byte)route.Type,
        });
        if (route.Mtu is { } mtu)
        {
            using (writer.Nest(Rt.RTA_METRICS))
            {
                writer.U32(Rt.RTAX_MTU, mtu);
            }
        }

        return writer;
    }

    /// <summary>Protocol and type 0 and the scope "nowhere" match any.</summary>
    internal static MessageWriter Delete(int link, Route route) => Message(Rt.RTM_DELROUTE, 0, link, route, new RtMsg
    {
        rtm_scope = route.Scope ?? Rt.RT_SCOPE_NOWHERE,
    });

    internal static MessageWriter Lookup(IPAddress address, uint mark)
    {
        var bytes = address.GetAddressBytes();
        var writer = new MessageWriter(Rt.RTM_GETROUTE)
            .Struct(new RtMsg
            {
                rtm_family = address.AddressFamily == AddressFamily.InterNetworkV6 ? Rt.AF_INET6 : Rt.AF_INET,
                rtm_dst_len = (byte)(bytes.Length * 8),
            })
            .Bytes(Rt.RTA_DST, bytes);
        return mark == 0 ? writer : writer.U32(Rt.RTA_MARK, mark);
    }

    private static MessageWriter Message(ushort type, ushort flags, int link, Route route, RtMsg header)
    {
        header.rtm_family = AddressEncoding.Family(route.Destination);
        header.rtm_dst_len = (byte)route.Destination.PrefixLength;
        header.rtm_table = Rt.RT_TABLE_MAIN;
        var writer = new MessageWriter(type, flags).Struct(header);
        if (!route.IsDefault)
        {
            // The kernel refuses a destination with host bits set.
            writer.Bytes(Rt.RTA_DST, route.Destination.Masked().Address.GetAddressBytes());
        }

        if (route.Type == RouteType.Unicast)
        {
            writer.U32(Rt.RTA_OIF, (uint)link);
        }

        if (route.Gateway is { } gateway)
        {
            writer.Bytes(Rt.RTA_GATEWAY, gateway.GetAddressBytes());
        }

        return route.Metric == 0 ? writer : writer.U32(Rt.RTA_PRIORITY, route.Metric);
    }
}
