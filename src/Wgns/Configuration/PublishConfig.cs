namespace Wgns.Configuration;

/// <summary>One way in: who connects to <paramref name="Listen"/> outside is connected to <paramref name="Connect"/> inside.</summary>
/// <param name="IdleSeconds">How long the proxy stays without a connection, 1-86400 s; 0 is for good.</param>
public sealed record PublishConfig(StreamAddress Listen, StreamAddress Connect, int IdleSeconds)
{
    public PublishProtocol Protocol { get; init; } = Listen?.Path is null ? PublishProtocol.Tcp : PublishProtocol.Unix;

    public PublishFrom From { get; init; }

    public PublishVia Via { get; init; }

    /// <summary>Whether each connection begins with a header of PROXY protocol version 2 that says who it is from.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>Whether a proxy listens for it. What comes by the tunnel comes to the service itself.</summary>
    public bool HasProxy => From != PublishFrom.Tunnel && Via == PublishVia.Proxy;
}

/// <summary>What is spoken outside.</summary>
public enum PublishProtocol
{
    Tcp,
    Udp,

    /// <summary>A unix stream socket.</summary>
    Unix,
}

internal static class PublishProtocols
{
    /// <summary>As nftables has it, and the record. Of a protocol that has ports.</summary>
    internal static string Word(this PublishProtocol protocol) => protocol == PublishProtocol.Udp ? "udp" : "tcp";
}

/// <summary>What carries it from outside to inside.</summary>
public enum PublishVia
{
    /// <summary>`wgns forward`.</summary>
    Proxy,

    /// <summary>The kernel, by destination NAT over the host link.</summary>
    Link,
}

/// <summary>Who is let in.</summary>
public enum PublishFrom
{
    /// <summary>Programs of this machine: a loopback address, or a path.</summary>
    Host,

    /// <summary>Whoever reaches an address of this machine.</summary>
    Lan,

    /// <summary>Whoever comes by the tunnel: a port that the provider forwards. A hole in the namespace's rules, and no proxy.</summary>
    Tunnel,
}
