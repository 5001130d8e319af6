using System.Runtime.InteropServices;

namespace Wgns.Linux.Nftables;

/// <summary><c>struct nfgenmsg</c> of linux/netfilter/nfnetlink.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NfGenMsg
{
    public byte nfgen_family;
    public byte version;
    public ushort res_id;
}

/// <summary>Constants of linux/netfilter/nfnetlink_conntrack.h by their C names; flags of CTA_FILTER are of net/netfilter/nf_internals.h.</summary>
internal static class Ct
{
    // NFNL_SUBSYS_CTNETLINK is 1.
    public const ushort IPCTNL_MSG_CT_GET = (1 << 8) | 1;
    public const ushort IPCTNL_MSG_CT_DELETE = (1 << 8) | 2;

    public const ushort CTA_TUPLE_ORIG = 1;
    public const ushort CTA_TUPLE_REPLY = 2;
    public const ushort CTA_ID = 12;
    public const ushort CTA_ZONE = 18;
    public const ushort CTA_FILTER = 25;
    public const ushort CTA_FILTER_ORIG_FLAGS = 1;
    public const ushort CTA_TUPLE_IP = 1;
    public const ushort CTA_TUPLE_PROTO = 2;
    public const ushort CTA_IP_V4_SRC = 1;
    public const ushort CTA_IP_V4_DST = 2;
    public const ushort CTA_IP_V6_SRC = 3;
    public const ushort CTA_IP_V6_DST = 4;
    public const ushort CTA_PROTO_NUM = 1;
    public const ushort CTA_PROTO_SRC_PORT = 2;
    public const ushort CTA_PROTO_DST_PORT = 3;
    public const uint CTA_FILTER_F_CTA_PROTO_NUM = 1 << 3;
    public const uint CTA_FILTER_F_CTA_PROTO_DST_PORT = 1 << 5;
}
