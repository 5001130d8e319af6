using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Configuration;

/// <summary>One WireGuard interface of a namespace.</summary>
public sealed record InterfaceConfig
{
    /// <summary>Bytes, RFC 8200 section 5: on a narrower link the kernel has no IPv6.</summary>
    internal const int LeastMtuOfIPv6 = 1280;

    /// <summary>The name inside the namespace, at most 15 bytes.</summary>
    public required string Ifname { get; init; }

    /// <summary>Addresses with prefix; host bits are kept.</summary>
    public ImmutableArray<Cidr> Addresses { get; init; } = [];

    /// <summary>The file, by its absolute path, or the credential that holds the private key.</summary>
    public required KeySource PrivateKey { get; init; }

    /// <summary>UDP port in the birthplace netns, 1-65535; null lets the engine choose.</summary>
    public ushort? ListenPort { get; init; }

    /// <summary>Bytes, 576-65535; null takes the MTU of the route to the endpoint less 80, else 1420.</summary>
    public int? Mtu { get; init; }

    /// <summary>SO_MARK of the encrypted packets; 0 is none.</summary>
    public uint FwMark { get; init; }

    /// <summary>Whether each allowed IP becomes a route.</summary>
    public bool AllowedIpsAsRoutes { get; init; } = true;

    public EngineChoice Engine { get; init; } = EngineChoice.Auto;

    public ImmutableArray<PeerConfig> Peers { get; init; } = [];

    /// <summary>Networks that go through the interface, each once, in the order of the peers.</summary>
    public IEnumerable<Cidr> Routes =>
        Peers.SelectMany(p => p.Routes ?? (AllowedIpsAsRoutes ? p.AllowedIps : [])).Distinct();
}

/// <summary>Who runs the WireGuard protocol.</summary>
public enum EngineChoice
{
    /// <summary>The kernel, else WG_QUICK_USERSPACE_IMPLEMENTATION where it is set, else our own, else wireguard-go.</summary>
    Auto,

    /// <summary>The kernel's WireGuard or an error.</summary>
    Kernel,

    /// <summary>WG_QUICK_USERSPACE_IMPLEMENTATION or wireguard-go in PATH, or an error.</summary>
    WireGuardGo,

    /// <summary>Our own, in a process of its own.</summary>
    Embedded,
}

/// <summary>One peer of an interface.</summary>
public sealed record PeerConfig
{
    public required WireGuardKey PublicKey { get; init; }

    /// <summary>Null where the peer has none.</summary>
    public KeySource? PresharedKey { get; init; }

    /// <summary>Masked, in the order of the file, without duplicates.</summary>
    public ImmutableArray<Cidr> AllowedIps { get; init; } = [];

    /// <summary>Networks, masked, that are routed to the interface for this peer; null leaves it to <see cref="InterfaceConfig.AllowedIpsAsRoutes"/>.</summary>
    public ImmutableArray<Cidr>? Routes { get; init; }

    /// <summary>Null for a peer that is only ever called by.</summary>
    public Endpoint? Endpoint { get; init; }

    /// <summary>Seconds between lookups of the endpoint's name; 0 looks it up once.</summary>
    public int DynamicEndpointRefreshSeconds { get; init; }

    /// <summary>Seconds, 0-65535; 0 is off.</summary>
    public ushort PersistentKeepalive { get; init; }
}
