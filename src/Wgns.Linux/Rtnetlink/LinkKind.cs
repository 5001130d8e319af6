namespace Wgns.Linux.Rtnetlink;

/// <summary>Kinds of links, as drivers call themselves in IFLA_INFO_KIND (rtnl_link_ops.kind of drivers/net).</summary>
public static class LinkKind
{
    public const string WireGuard = "wireguard";
    public const string Tun = "tun";
    public const string Veth = "veth";
}
