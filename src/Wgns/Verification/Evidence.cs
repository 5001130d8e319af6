using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Systemd;

namespace Wgns.Verification;

/// <summary>All that was seen of a namespace, for <see cref="Checks"/> to judge. Pure data.</summary>
public sealed record Evidence
{
    public required ObservedState Observed { get; init; }

    /// <summary>The same after the lookup from inside.</summary>
    public required ObservedState Later { get; init; }

    /// <summary>When <see cref="Later"/> was seen, by the clock that handshakes are told by.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Null where the file is gone or wrong by now.</summary>
    public NamespaceConfig? Config { get; init; }

    /// <summary>What `up` would do, in words.</summary>
    public ImmutableArray<string> Drift { get; init; } = [];

    /// <summary>Why it would do nothing.</summary>
    public ImmutableArray<Obstacle> Obstacles { get; init; } = [];

    /// <summary>What the rules have stopped so far: their comment, and packets.</summary>
    public ImmutableArray<(string Comment, ulong Packets)> Counters { get; init; } = [];

    /// <summary>What a command inside told; null where none could be started.</summary>
    public InsideView? View { get; init; }

    public string? ViewProblem { get; init; }

    /// <summary>What links among the observed files lead to, where the DNS files are somebody else's (dnsFiles = "keep").</summary>
    public ImmutableDictionary<string, string> Linked { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Routes of every table and the rules that lead to them, inside.</summary>
    public Ways Ways { get; init; } = Ways.Nothing;

    /// <summary>UDP ports that are bound in the netns that wgns runs in.</summary>
    public ImmutableHashSet<int> PortsOutside { get; init; } = [];

    /// <summary>The same of other birthplaces, by their file; one that is gone, or is another by now, is absent.</summary>
    public ImmutableDictionary<string, ImmutableHashSet<int>> PortsElsewhere { get; init; } = ImmutableDictionary<string, ImmutableHashSet<int>>.Empty;

    /// <summary>UDP ports that are bound inside.</summary>
    public ImmutableHashSet<int> PortsInside { get; init; } = [];

    /// <summary>Where the IPv4 and IPv6 sockets of engines that run are, by the interface's name inside; null is a netns that only root is told of, and so none of ours.</summary>
    public ImmutableDictionary<string, ImmutableArray<NetnsIdentity?>> EngineSockets { get; init; } = ImmutableDictionary<string, ImmutableArray<NetnsIdentity?>>.Empty;

    public ImmutableArray<ProcessEvidence> Processes { get; init; } = [];

    public ImmutableArray<UnitEvidence> Units { get; init; } = [];
}

/// <summary>A process inside.</summary>
/// <param name="ResolvConf">As it finds it; null where it has none.</param>
/// <param name="HostSockets">Paths of <see cref="Verification.HostSockets"/> that are there for it.</param>
/// <param name="Foreign">Sockets of another netns that it holds, in words.</param>
/// <param name="Outsiders">Processes outside that it is connected to by unix sockets, in words.</param>
/// <param name="IsProxy">It is the proxy of a [[publish]], whose listening socket is the host's by design.</param>
public sealed record ProcessEvidence(
    int Pid,
    string Comm,
    string? ResolvConf,
    string? NsswitchConf,
    ImmutableArray<string> HostSockets,
    ImmutableArray<string> Foreign,
    ImmutableArray<string> Outsiders,
    bool IsProxy = false)
{
    /// <summary>It is the engine of another namespace's tunnel, which is born in this one.</summary>
    public bool IsEngine { get; init; }

    /// <summary>Unix sockets whose other end is held by nobody knows whom, in words.</summary>
    public ImmutableArray<string> UnknownPeers { get; init; } = [];

    /// <summary>Its threads that are in another netns, by number.</summary>
    public ImmutableArray<int> ThreadsOutside { get; init; } = [];
}

/// <summary>An attached unit.</summary>
/// <param name="Outside">Its processes that are not inside.</param>
public sealed record UnitEvidence(AttachedUnit Unit, ImmutableArray<int> Outside);
