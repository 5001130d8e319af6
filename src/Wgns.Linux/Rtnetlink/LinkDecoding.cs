using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>RTM_NEWLINK messages as values.</summary>
internal static class LinkDecoding
{
    /// <summary>Null for another kind of message, or one without a name, which no link lacks.</summary>
    internal static Link? Decode(Message message)
    {
        if (message.Type != Rt.RTM_NEWLINK)
        {
            return null;
        }

        var header = message.Header<IfInfoMsg>();
        string? name = null;
        string? alias = null;
        (string? Kind, TunQueues? Tun) info = default;
        uint mtu = 0;
        int? peer = null;
        int? netnsId = null;
        foreach (var attribute in message.AttributesAfter<IfInfoMsg>())
        {
            switch (attribute.Type)
            {
                case Rt.IFLA_IFNAME:
                    name = attribute.Text;
                    break;
                case Rt.IFLA_MTU:
                    mtu = attribute.U32 ?? mtu;
                    break;
                case Rt.IFLA_LINK:
                    peer = attribute.S32;
                    break;
                case Rt.IFLA_LINK_NETNSID:
                    netnsId = attribute.S32;
                    break;
                case Rt.IFLA_LINKINFO:
                    info = Info(attribute.Nested);
                    break;
                case Rt.IFLA_IFALIAS:
                    alias = attribute.Text;
                    break;
            }
        }

        // A dummy's own IFLA_MTU never exceeds 32 bits signed, but the field is unsigned.
        return name is null
            ? null
            : new Link(
                header.ifi_index,
                name,
                info.Kind,
                (int)Math.Min(mtu, int.MaxValue),
                (header.ifi_flags & Rt.IFF_UP) != 0,
                peer,
                netnsId)
            {
                Alias = alias,
                HasCarrier = (header.ifi_flags & Rt.IFF_LOWER_UP) != 0,
                Tun = info.Tun,
            };
    }

    private static (string? Kind, TunQueues? Tun) Info(AttributeReader info)
    {
        string? kind = null;
        TunQueues? tun = null;
        foreach (var attribute in info)
        {
            switch (attribute.Type)
            {
                case Rt.IFLA_INFO_KIND:
                    kind = attribute.Text;
                    break;

                // The kernel puts the kind first: by it alone the numbers of the others have a meaning.
                case Rt.IFLA_INFO_DATA when kind == LinkKind.Tun:
                    tun = Queues(attribute.Nested);
                    break;
            }
        }

        return (kind, tun);
    }

    private static TunQueues Queues(AttributeReader data)
    {
        var isMany = false;
        uint count = 0;
        foreach (var attribute in data)
        {
            switch (attribute.Type)
            {
                case Rt.IFLA_TUN_MULTI_QUEUE:
                    isMany = attribute.U8 is not (null or 0);
                    break;
                case Rt.IFLA_TUN_NUM_QUEUES:
                    count += attribute.U32 ?? 0;
                    break;
                case Rt.IFLA_TUN_NUM_DISABLED_QUEUES:
                    count += attribute.U32 ?? 0;
                    break;
            }
        }

        return new TunQueues(isMany, (int)Math.Min(count, int.MaxValue));
    }
}
