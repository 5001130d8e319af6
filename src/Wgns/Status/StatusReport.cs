using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Wgns.Systemd;

namespace Wgns.Status;

/// <summary>The document that `status --json` prints. Keys are added in later versions, never changed or removed.</summary>
/// <param name="Version">Of this format: 1.</param>
public sealed record StatusDocument(int Version, ImmutableArray<NamespaceStatus> Namespaces);

/// <param name="State">"up" as configured; "degraded" where something is missing or drifted; "closed" without its tunnel; "down".</param>
/// <param name="Config">The configuration of the last up; empty where that is not known.</param>
/// <param name="Netns">Path of the namespace, null where there is none.</param>
/// <param name="Inode">Of the netns, as `lsns -t net` and `readlink /proc/PID/ns/net` print it.</param>
/// <param name="Dns">Whether resolv.conf and nsswitch.conf are as wgns wrote them.</param>
/// <param name="Ruleset">Whether the rules are the ones that wgns loaded.</param>
/// <param name="Drift">What `wgns up` would do to make it as configured, in words; empty where it is.</param>
/// <param name="Processes">How many processes are inside.</param>
public sealed record NamespaceStatus(
    string Name,
    string State,
    string Config,
    string? Netns,
    ulong? Inode,
    bool Dns,
    bool Ruleset,
    ImmutableArray<InterfaceStatus> Interfaces,
    ImmutableArray<string> Drift,
    ImmutableArray<ProcessStatus> Processes)
{
    /// <summary>What is in the way of `wgns up` and not wgns's to remove, each with its cure; <see cref="Drift"/> is empty then.</summary>
    public ImmutableArray<string> Obstacles { get; init; } = [];

    /// <summary>Who made the namespace and keeps it, such as the unit wgns-netns@NAME.service; null where `wgns up` did.</summary>
    public string? Holder { get; init; }

    /// <summary>False where somebody else made the namespace, and keeps it (managed = false).</summary>
    public bool Managed { get; init; } = true;

    /// <summary>Links in such a namespace that are not wgns's.</summary>
    public ImmutableArray<string> OtherLinks { get; init; } = [];

    /// <summary>Null where there is none.</summary>
    public HostLinkStatus? HostLink { get; init; }

    /// <summary>systemd's units that are attached to the namespace; empty without systemd.</summary>
    public ImmutableArray<AttachedUnit> Units { get; init; } = [];
}

/// <summary>The link to the host.</summary>
/// <param name="Present">Whether both ends are there.</param>
public sealed record HostLinkStatus(
    string HostInterface, string NsInterface, bool Present, ImmutableArray<string> HostAddresses, ImmutableArray<string> NsAddresses)
{
    /// <summary>Settings of the host's that were turned on for what is published via the link, and go off with it.</summary>
    public ImmutableArray<string> Forwarding { get; init; } = [];
}

public sealed record ProcessStatus(int Pid, string Comm);

/// <param name="Engine">"kernel", or the name of the userspace program.</param>
/// <param name="EnginePid">0 for the kernel, and for an engine that does not run or answer.</param>
/// <param name="Present">Whether the link is inside.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="FwMark">0 is none.</param>
public sealed record InterfaceStatus(
    string Name,
    string Engine,
    int EnginePid,
    bool Present,
    bool Up,
    int Mtu,
    ImmutableArray<string> Addresses,
    string? PublicKey,
    int ListenPort,
    uint FwMark,
    ImmutableArray<PeerStatus> Peers)
{
    /// <summary>The file of the network namespace that its UDP socket is in; null is the machine's.</summary>
    public string? Birthplace { get; init; }
}

/// <param name="PresharedKey">Whether there is one.</param>
/// <param name="Endpoint">Null while it is not known.</param>
/// <param name="LatestHandshake">Seconds since 1970-01-01 UTC; null before the first.</param>
/// <param name="TransferRx">Bytes received.</param>
/// <param name="TransferTx">Bytes sent.</param>
/// <param name="PersistentKeepalive">Seconds; 0 is off.</param>
public sealed record PeerStatus(
    string PublicKey,
    bool PresharedKey,
    string? Endpoint,
    [property: JsonPropertyName("allowedIPs")] ImmutableArray<string> AllowedIps,
    long? LatestHandshake,
    ulong TransferRx,
    ulong TransferTx,
    int PersistentKeepalive);

/// <summary>The JSON of a status document, generated at compile time for native builds.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(ListDocument))]
public sealed partial class StatusJson : JsonSerializerContext;

/// <summary>The document that `list --json` prints.</summary>
public sealed record ListDocument(int Version, ImmutableArray<ListEntry> Namespaces);

/// <param name="State">
/// "up" where the netns is there, "closed" where it has no link, or its tunnel's engine does not run or answer, "down" where only a record is, "unknown" where that or
/// the netns cannot be read (`wgns status NAME` says why).
/// </param>
public sealed record ListEntry(string Name, string State, ImmutableArray<string> Interfaces, string Config);
