using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// A configuration with everything answered that needs the outside: names looked up, keys read (as public keys and
/// fingerprints), the engine found, the MTU known. Pure data, without a secret.
/// </summary>
public sealed record DesiredState
{
    public required string Name { get; init; }

    /// <summary>Absolute path of the configuration.</summary>
    public required string Source { get; init; }

    /// <summary>False where somebody else makes the namespace, and keeps it.</summary>
    public bool IsManaged { get; init; } = true;

    /// <summary>The whole ruleset, extra rules included, without the flush before it.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Whether links have IPv6 at all; null leaves them as the kernel makes them.</summary>
    public bool? IPv6 { get; init; }

    /// <summary>Groups that may send ICMP echo requests without a right of their own, "FIRST LAST"; null leaves that as it is.</summary>
    public string? PingGroups { get; init; }

    /// <summary>Directories that have to exist before <see cref="Files"/>, outermost first.</summary>
    public ImmutableArray<string> Directories { get; init; } = [];

    public ImmutableArray<DesiredFile> Files { get; init; } = [];

    public ImmutableArray<DesiredInterface> Interfaces { get; init; } = [];

    /// <summary>Null where there is none.</summary>
    public DesiredHostLink? HostLink { get; init; }

    public HooksConfig Hooks { get; init; } = HooksConfig.None;
}

/// <summary>A world-readable text file of the namespace's DNS.</summary>
public sealed record DesiredFile(string Path, string Content);

/// <param name="Engine">Null where the kernel runs the device; else what to start should it not run already.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="Routes">Networks, masked, that go through the interface.</param>
public sealed record DesiredInterface(
    string Ifname,
    EngineRecord? Engine,
    int Mtu,
    ImmutableArray<Cidr> Addresses,
    ImmutableArray<Cidr> Routes,
    DesiredDevice Device)
{
    /// <summary>Null is the netns that wgns runs in.</summary>
    public BirthplaceRecord? Birthplace { get; init; }

    /// <summary>What <see cref="Mtu"/> is worth; a new link has it in any case.</summary>
    public MtuKnowledge MtuKnowledge { get; init; }

    /// <summary>
    /// What a link that is there should have, in bytes. While a way to an endpoint is not known (the uplink is down, a name is not
    /// looked up), what was chosen when it was is better than any guess.
    /// </summary>
    public int MtuBeside(int present) => MtuKnowledge switch
    {
        MtuKnowledge.Known => Mtu,
        MtuKnowledge.AtMost => Math.Min(Mtu, present),
        _ => present,
    };
}

public enum MtuKnowledge
{
    /// <summary>As configured, or by the ways to all endpoints.</summary>
    Known,

    /// <summary>The ways to some endpoints are not known, and may be narrower.</summary>
    AtMost,

    /// <summary>No way to an endpoint is known.</summary>
    Guess,
}

/// <param name="ListenPort">Null leaves the choice to the engine.</param>
public sealed record DesiredDevice(
    KeySource PrivateKey,
    WireGuardKey PublicKey,
    ushort? ListenPort,
    uint FirewallMark,
    ImmutableArray<DesiredPeer> Peers);

/// <param name="PresharedKey">Null where the peer has none.</param>
/// <param name="Fingerprint">Of the preshared key, to compare with the device's.</param>
/// <param name="Endpoint">As configured; null where none is.</param>
/// <param name="Address">The endpoint with its name looked up; null where it could not be or none is configured.</param>
public sealed record DesiredPeer(
    WireGuardKey PublicKey,
    KeySource? PresharedKey,
    KeyFingerprint? Fingerprint,
    Endpoint? Endpoint,
    IPEndPoint? Address,
    ushort PersistentKeepalive,
    ImmutableArray<Cidr> AllowedIps);
