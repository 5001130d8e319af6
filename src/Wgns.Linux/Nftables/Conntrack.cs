using System.Buffers.Binary;
using System.Net;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Nftables;

/// <summary>A conversation over UDP as the kernel keeps it.</summary>
/// <param name="To">Where its first packet was sent.</param>
/// <param name="Answerer">Who answers: somebody else where the packets are led elsewhere (DNAT).</param>
/// <param name="IsMasqueraded">Whether who answers sees another caller than there is (SNAT).</param>
public readonly record struct UdpFlow(IPEndPoint To, IPEndPoint Answerer, bool IsMasqueraded);

/// <summary>Connection tracking: net/netfilter/nf_conntrack_netlink.c.</summary>
public static class Conntrack
{
    /// <summary>Takes conversations away that begin with a packet for a port; the next packet of each begins a new one.</summary>
    /// <remarks>A kernel that cannot be asked (nf_conntrack_netlink is a module of its own) keeps them.</remarks>
    public static void ForgetUdp(INetlink netlink, bool isIPv6, int port, Predicate<UdpFlow> forgets)
    {
        ArgumentNullException.ThrowIfNull(netlink);
        ArgumentNullException.ThrowIfNull(forgets);
        const string operation = "list conversations over UDP";
        var family = new NfGenMsg { nfgen_family = (byte)(isIPv6 ? Libc.AF_INET6 : Libc.AF_INET) };
        using var request = new MessageWriter(Ct.IPCTNL_MSG_CT_GET).Struct(family);
        using (request.Nest(Ct.CTA_TUPLE_ORIG))
        using (request.Nest(Ct.CTA_TUPLE_PROTO))
        {
            request.U8(Ct.CTA_PROTO_NUM, Libc.IPPROTO_UDP).Bytes(Ct.CTA_PROTO_DST_PORT, [(byte)(port >> 8), (byte)port]);
        }

        // Before Linux 5.8 the kernel lists all that it has.
        using (request.Nest(Ct.CTA_FILTER))
        {
            request.U32(Ct.CTA_FILTER_ORIG_FLAGS, Ct.CTA_FILTER_F_CTA_PROTO_NUM | Ct.CTA_FILTER_F_CTA_PROTO_DST_PORT);
        }

        using var reply = netlink.Dump(request);
        if (!reply.Check(operation, Errno.EINVAL, Errno.EOPNOTSUPP).IsNone)
        {
            return;
        }

        foreach (var message in reply)
        {
            if (Decode(message, port) is { } flow && forgets(flow))
            {
                Delete(netlink, family, message);
            }
        }
    }

    private static UdpFlow? Decode(Message message, int port)
    {
        var (asked, answered) = (default(Tuple), default(Tuple));
        foreach (var attribute in message.AttributesAfter<NfGenMsg>())
        {
            switch (attribute.Type)
            {
                case Ct.CTA_TUPLE_ORIG:
                    asked = Read(attribute);
                    break;
                case Ct.CTA_TUPLE_REPLY:
                    answered = Read(attribute);
                    break;
            }
        }

        return asked is { Protocol: Libc.IPPROTO_UDP, From: { } caller, To: { } to } && to.Port == port && answered is { From: { } answerer, To: { } back }
            ? new UdpFlow(to, answerer, !back.Equals(caller))
            : null;
    }

    private static Tuple Read(NetlinkAttribute tuple)
    {
        IPAddress? from = null, to = null;
        int protocol = 0, fromPort = 0, toPort = 0;
        foreach (var part in tuple.Nested)
        {
            foreach (var attribute in part.Nested)
            {
                switch (part.Type, attribute.Type)
                {
                    case (Ct.CTA_TUPLE_IP, Ct.CTA_IP_V4_SRC or Ct.CTA_IP_V6_SRC):
                        from = attribute.Address;
                        break;
                    case (Ct.CTA_TUPLE_IP, Ct.CTA_IP_V4_DST or Ct.CTA_IP_V6_DST):
                        to = attribute.Address;
                        break;
                    case (Ct.CTA_TUPLE_PROTO, Ct.CTA_PROTO_NUM):
                        protocol = attribute.U8 ?? 0;
                        break;
                    case (Ct.CTA_TUPLE_PROTO, Ct.CTA_PROTO_SRC_PORT):
                        fromPort = Port(attribute);
                        break;
                    case (Ct.CTA_TUPLE_PROTO, Ct.CTA_PROTO_DST_PORT):
                        toPort = Port(attribute);
                        break;
                }
            }
        }

        return new Tuple(protocol, from is null ? null : new IPEndPoint(from, fromPort), to is null ? null : new IPEndPoint(to, toPort));
    }

    private static int Port(NetlinkAttribute attribute) => BinaryPrimitives.TryReadUInt16BigEndian(attribute.Value, out var port) ? port : 0;

    /// <summary>That very one: another of the same addresses and ports has another id.</summary>
    private static void Delete(INetlink netlink, NfGenMsg family, Message message)
    {
        using var request = new MessageWriter(Ct.IPCTNL_MSG_CT_DELETE).Struct(family);
        foreach (var attribute in message.AttributesAfter<NfGenMsg>())
        {
            switch (attribute.Type)
            {
                case Ct.CTA_TUPLE_ORIG:
                    request.Bytes(Ct.CTA_TUPLE_ORIG | Nl.NLA_F_NESTED, attribute.Value);
                    break;
                case Ct.CTA_ZONE or Ct.CTA_ID:
                    request.Bytes(attribute.Type, attribute.Value);
                    break;
            }
        }

        using var reply = netlink.Request(request);

        // It has ended meanwhile; or a flowtable has it, which kernels before 6.4 keep.
        reply.Check("forget a conversation over UDP", Errno.ENOENT, Errno.EBUSY);
    }

    private readonly record struct Tuple(int Protocol, IPEndPoint? From, IPEndPoint? To);
}
