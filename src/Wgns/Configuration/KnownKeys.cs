namespace Wgns.Configuration;

/// <summary>Every key of a configuration, by the table it stands in. The Nix module's options are these.</summary>
public static class KnownKeys
{
    /// <summary>Keys of the namespace itself.</summary>
    public static readonly IReadOnlyList<string> Namespace =
    [
        "namespace_name", "dns_server", "dnsSearch", "dnsFiles", "dnsEnforcement", "extraFirewallRules", "interfaces", "ready",
        "readyTimeout", "readyRequired", "publish", "hooks", "hostLink", "managed", "birthplaceNamespace",
    ];

    /// <summary>Keys of an interface: at the top level for the usual single one, or in an [[interfaces]] table.</summary>
    public static readonly IReadOnlyList<string> Interface =
        ["interfaceName", "ips", "privateKeyFile", "listenPort", "mtu", "fwMark", "allowedIPsAsRoutes", "engine", "peers"];

    /// <summary>Keys of a [[publish]] table.</summary>
    public static readonly IReadOnlyList<string> Publish = ["listen", "connect", "protocol", "from", "via", "idle", "proxyProtocol"];

    /// <summary>Keys of the [hostLink] table.</summary>
    public static readonly IReadOnlyList<string> HostLink = ["enable", "hostInterface", "nsInterface", "hostAddresses", "nsAddresses"];

    /// <summary>Keys of the [hooks] table, each a list.</summary>
    public static readonly IReadOnlyList<string> Hooks = ["preUp", "postUp", "preDown", "postDown"];

    /// <summary>Keys of one hook in such a list.</summary>
    public static readonly IReadOnlyList<string> Hook = ["command", "where"];

    /// <summary>Keys of a [[peers]] table.</summary>
    public static readonly IReadOnlyList<string> Peer =
    [
        "publicKey", "presharedKey", "presharedKeyFile", "allowedIPs", "routes", "endpoint",
        "dynamicEndpointRefreshSeconds", "persistentKeepalive",
    ];

    private const string Top = "at the top of the file, before the first [table] or [[table]]: what follows such a line is that table's";

    /// <summary>What a key of wg-quick(8) is here, where it is not the same in other letters; null for all others.</summary>
    internal static string? OfWgQuick(string key) => key.ToUpperInvariant() switch
    {
        "ADDRESS" => "ips",
        "DNS" => "dns_server",
        "TABLE" => "allowedIPsAsRoutes",
        "PREUP" => "preUp",
        "POSTUP" => "postUp",
        "PREDOWN" => "preDown",
        "POSTDOWN" => "postDown",
        _ => null,
    };

    /// <summary>Where a key stands, for who wrote it into another table; null where it is none, or stands in many.</summary>
    internal static string? PlaceOf(string key) =>
        Namespace.Contains(key) ? Top
        : Interface.Contains(key) ? $"{Top}; or in [[interfaces]]"
        : Peer.Contains(key) ? "in [[peers]]"
        : Publish.Contains(key) ? "in [[publish]]"
        : HostLink.Contains(key) ? "in [hostLink]"
        : Hooks.Contains(key) ? "in [hooks]"
        : null;
}
