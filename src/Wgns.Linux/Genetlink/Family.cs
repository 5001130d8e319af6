using Wgns.Linux.Netlink;

namespace Wgns.Linux.Genetlink;

/// <summary>A generic netlink family of the running kernel.</summary>
/// <param name="Id">nlmsg_type of its messages; the kernel deals it out anew at every boot.</param>
/// <param name="Name">1 to 15 bytes.</param>
/// <param name="Version">Of its messages.</param>
public sealed record Family(ushort Id, string Name, uint Version)
{
    /// <summary>Asks the kernel for a family by name, which also makes it load the family's module.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="KernelException">EPROTO where the answer does not name the family's id.</exception>
    public static Family? Resolve(INetlink netlink, string name)
    {
        ArgumentNullException.ThrowIfNull(netlink);
        var operation = $"look up the generic netlink family {name}";
        using var request = new MessageWriter(Genl.GENL_ID_CTRL)
            .Struct(new GenlMsgHdr { cmd = Genl.CTRL_CMD_GETFAMILY, version = 1 })
            .Text(Genl.CTRL_ATTR_FAMILY_NAME, name);
        using var reply = netlink.Request(request);
        if (reply.Check(operation, Errno.ENOENT) == Errno.ENOENT)
        {
            return null;
        }

        foreach (var message in reply)
        {
            if (Decode(message, name) is { } family)
            {
                return family;
            }
        }

        throw new KernelException(operation, Errno.EPROTO, "no family in the answer");
    }

    private static Family? Decode(Message message, string name)
    {
        if (message.Type != Genl.GENL_ID_CTRL || message.Header<GenlMsgHdr>().cmd != Genl.CTRL_CMD_NEWFAMILY)
        {
            return null;
        }

        ushort? id = null;
        uint version = 0;
        foreach (var attribute in message.AttributesAfter<GenlMsgHdr>())
        {
            switch (attribute.Type)
            {
                case Genl.CTRL_ATTR_FAMILY_ID:
                    id = attribute.U16;
                    break;
                case Genl.CTRL_ATTR_VERSION:
                    version = attribute.U32 ?? 0;
                    break;
            }
        }

        return id is { } number ? new Family(number, name, version) : null;
    }
}
