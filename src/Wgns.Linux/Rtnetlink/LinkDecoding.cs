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
        string? kind = null;
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
                    kind = Kind(attribute.Nested);
                    break;
            }
        }

        // A dummy's own IFLA_MTU never exceeds 32 bits signed, but the field is unsigned.
        return name is null
            ? null
            : new Link(
                header.ifi_index,
                name,
                kind,
                (int)Math.Min(mtu, int.MaxValue),
                (header.ifi_flags & Rt.IFF_UP) != 0,
                peer,
                netnsId);
    }

    private static string? Kind(AttributeReader info)
    {
        foreach (var attribute in info)
        {
            if (attribute.Type == Rt.IFLA_INFO_KIND)
            {
                return attribute.Text;
            }
        }

        return null;
    }
}
