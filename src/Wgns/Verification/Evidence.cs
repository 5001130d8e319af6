using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Observation;
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

    /// <summary>What the rules have stopped so far: their comment, and packets.</summary>
    public ImmutableArray<(string Comment, ulong Packets)> Counters { get; init; } = [];

    /// <summary>What a command inside told; null where none could be started.</summary>
    public InsideView? View { get; init; }

    public string? ViewProblem { get; init; }

    /// <summary>UDP ports that are bound in the birthplace netns.</summary>
    public ImmutableHashSet<int> PortsOutside { get; init; } = [];

    /// <summary>UDP ports that are bound inside.</summary>
    public ImmutableHashSet<int> PortsInside { get; init; } = [];

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
    bool IsProxy = false);

/// <summary>An attached unit.</summary>
/// <param name="Outside">Its processes that are not inside.</param>
public sealed record UnitEvidence(AttachedUnit Unit, ImmutableArray<int> Outside);
