using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Requests about links, as rtnetlink(7) and linux/if_link.h lay them out.</summary>
internal static class LinkEncoding
{
    internal static MessageWriter List() => Get(default);

    internal static MessageWriter ByIndex(int index) => Get(new IfInfoMsg { ifi_index = index });

    internal static MessageWriter ByName(string name) => Get(default).Text(Rt.IFLA_IFNAME, name);

    internal static MessageWriter New(string kind, LinkEnd link, int? netns)
    {
        var writer = Create(link, netns);
        using (writer.Nest(Rt.IFLA_LINKINFO))
        {
            writer.Text(Rt.IFLA_INFO_KIND, kind);
        }

        return writer;
    }

    internal static MessageWriter NewVeth(LinkEnd link, int? netns, LinkEnd peer, int? peerNetns)
    {
        var writer = Create(link, netns);
        using (writer.Nest(Rt.IFLA_LINKINFO))
        {
            writer.Text(Rt.IFLA_INFO_KIND, LinkKind.Veth);
            using (writer.Nest(Rt.IFLA_INFO_DATA))
            using (writer.Nest(Rt.VETH_INFO_PEER))
            {
                // Inside: an ifinfomsg and attributes, as if the peer were made by a message of its own.
                writer.Struct(default(IfInfoMsg));
                Describe(writer, peer, peerNetns);
            }
        }

        return writer;
    }

    internal static MessageWriter Set(int index, LinkChange change, int? netns)
    {
        var header = new IfInfoMsg { ifi_index = index };
        if (change.Up is { } up)
        {
            header.ifi_change = Rt.IFF_UP;
            header.ifi_flags = up ? Rt.IFF_UP : 0;
        }

        var writer = new MessageWriter(Rt.RTM_SETLINK).Struct(header);
        if (netns is { } fd)
        {
            writer.U32(Rt.IFLA_NET_NS_FD, (uint)fd);
        }

        if (change.Name is { } name)
        {
            writer.Text(Rt.IFLA_IFNAME, name);
        }

        if (change.Mtu is { } mtu)
        {
            writer.U32(Rt.IFLA_MTU, (uint)mtu);
        }

        if (change.Alias is { } alias)
        {
            writer.Text(Rt.IFLA_IFALIAS, alias);
        }

        return writer;
    }

    internal static MessageWriter Delete(int index) =>
        new MessageWriter(Rt.RTM_DELLINK).Struct(new IfInfoMsg { ifi_index = index });

    private static MessageWriter Get(IfInfoMsg header) => new MessageWriter(Rt.RTM_GETLINK)
        .Struct(header)
        .U32(Rt.IFLA_EXT_MASK, Rt.RTEXT_FILTER_SKIP_STATS);

    private static MessageWriter Create(LinkEnd link, int? netns)
    {
        var writer = new MessageWriter(Rt.RTM_NEWLINK, Nl.NLM_F_CREATE | Nl.NLM_F_EXCL).Struct(default(IfInfoMsg));
        Describe(writer, link, netns);
        return writer;
    }

    private static void Describe(MessageWriter writer, LinkEnd link, int? netns)
    {
        writer.Text(Rt.IFLA_IFNAME, link.Name);
        if (link.Mtu is { } mtu)
        {
            writer.U32(Rt.IFLA_MTU, (uint)mtu);
        }

        if (netns is { } fd)
        {
            writer.U32(Rt.IFLA_NET_NS_FD, (uint)fd);
        }
    }
}
