using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Linux.Namespaces;

namespace Wgns.Observation;

/// <summary>
/// /run/wgns/NAME.json: what wgns owns, or is about to own, of one namespace. It is written before the first
/// operation of a run, so that after a crash the next run knows its own half-made things from somebody else's.
/// </summary>
public sealed record StateRecord
{
    /// <summary>The format; a file with a higher one is from a newer wgns and is refused.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required string Namespace { get; init; }

    /// <summary>The configuration that the last up used; empty where that is not known.</summary>
    public string Config { get; init; } = string.Empty;

    /// <summary>Null from the intent to make the netns until it is made.</summary>
    public NetnsIdentity? Netns { get; init; }

    /// <summary>Tells it from a later one that got its number; null where the kernel gives none, or an older wgns wrote the record.</summary>
    public ulong? NetnsCookie { get; init; }

    /// <summary>
    /// Who made the netns and gave it its name by `wgns hold`, such as the unit wgns-netns@NAME.service; it goes with
    /// `wgns release` and with nothing else. Null where `up` made it, and `down` may delete it.
    /// </summary>
    public string? Holder { get; init; }

    /// <summary>What is to be put back in a netns that somebody else made and keeps; null where wgns or a holder made it.</summary>
    public SharedRecord? Shared { get; init; }

    /// <summary>SHA-256 of the ruleset text that was loaded; null before.</summary>
    public string? RulesetText { get; init; }

    /// <summary>SHA-256 of the stateless listing taken right after loading; null before.</summary>
    public string? RulesetListing { get; init; }

    /// <summary>Files that wgns wrote and may overwrite and remove.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Directories that wgns made and removes when they are empty, outermost first.</summary>
    public ImmutableArray<string> Directories { get; init; } = [];

    public ImmutableArray<InterfaceRecord> Interfaces { get; init; } = [];

    /// <summary>What is to run when the tunnel is closed; null where nothing is, or it is closed.</summary>
    public HooksRecord? Hooks { get; init; }

    /// <summary>Links to the host; more than one only in the middle of a run that renames it.</summary>
    public ImmutableArray<HostLinkRecord> HostLinks { get; init; } = [];

    /// <summary>Settings of the host's links that were turned on for what is published via the link to it, and are to be put back.</summary>
    public ImmutableArray<SysctlRecord> Forwarding { get; init; } = [];

    /// <summary>Ports of the host's that lead inside via the link to it, so that no other namespace takes one of them.</summary>
    public ImmutableArray<LinkPortRecord> LinkPorts { get; init; } = [];

    /// <summary>Whether a netns is the one that was recorded, and not a later one of the same number.</summary>
    public bool IsOf(NetnsIdentity identity, ulong? cookie) => Netns == identity && Linux.Namespaces.NetnsCookie.Agree(NetnsCookie, cookie);

    public InterfaceRecord? Interface(string ifname) => Interfaces.FirstOrDefault(i => i.Ifname == ifname);

    /// <summary>With what was learnt of an interface's engine.</summary>
    public StateRecord WithEngine(string ifname, EngineRecord engine) => With((Interface(ifname) ?? new InterfaceRecord(ifname, null)) with { Engine = engine });

    public StateRecord With(InterfaceRecord changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return this with { Interfaces = [.. Interfaces.Where(i => i.Ifname != changed.Ifname), changed] };
    }
}

/// <summary>How somebody else's netns was before wgns came.</summary>
/// <param name="RaisedLoopback">lo was down.</param>
public sealed record SharedRecord(bool RaisedLoopback, ImmutableArray<SysctlRecord> Sysctls);

/// <param name="Key">Parts by slashes, below /proc/sys.</param>
/// <param name="Before">The value that it had.</param>
/// <param name="Ours">The value that wgns gave it; any other that is found there is somebody else's, and stays.</param>
public sealed record SysctlRecord(string Key, string Before, string Ours);

/// <param name="Listen">0.0.0.0 and [::] are every address of that family.</param>
public sealed record LinkPortRecord(PublishProtocol Protocol, IPEndPoint Listen)
{
    /// <summary>Whether a packet could be for both.</summary>
    public bool Overlaps(LinkPortRecord other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (mine, theirs) = (Listen.Address, other.Listen.Address);
        return Protocol == other.Protocol
            && Listen.Port == other.Listen.Port
            && mine.AddressFamily == theirs.AddressFamily
            && (mine.Equals(theirs) || StreamAddress.IsEvery(mine) || StreamAddress.IsEvery(theirs));
    }

    public override string ToString() => $"{Listen} ({Protocol.Word()})";
}

/// <summary>An interface that wgns made or is about to make.</summary>
/// <param name="Engine">Null where the kernel runs it.</param>
public sealed record InterfaceRecord(string Ifname, EngineRecord? Engine)
{
    /// <summary>Where its UDP socket is; null is the netns that wgns runs in. Written when it is made and known to be so.</summary>
    public BirthplaceRecord? Birthplace { get; init; }
}

/// <summary>A netns that devices were born in (birthplaceNamespace).</summary>
/// <param name="Path">Its file, absolute.</param>
/// <param name="Netns">Another one at that path is another birthplace: the socket went with the first.</param>
public sealed record BirthplaceRecord(string Path, NetnsIdentity Netns)
{
    /// <summary>Tells it from a later one that got its number; null where the kernel gives none, or an older wgns wrote the record.</summary>
    public ulong? Cookie { get; init; }

    /// <summary>Whether a socket that was made in the one is in the other; null is the netns that wgns runs in.</summary>
    public static bool AreOne(BirthplaceRecord? one, BirthplaceRecord? other) =>
        one is null || other is null
            ? one is null && other is null
            : one.Path == other.Path && one.Netns == other.Netns && NetnsCookie.Agree(one.Cookie, other.Cookie);
}

/// <summary>Hooks of the configuration that the tunnel was made by: `down` needs no file for them.</summary>
/// <param name="IsPending">
/// From before preUp until after postUp. A run that finds it so comes after a crash, and runs both once more: it cannot
/// know how far they came.
/// </param>
public sealed record HooksRecord(ImmutableArray<HookCommand> PreDown, ImmutableArray<HookCommand> PostDown, bool IsPending);

/// <summary>A userspace engine that wgns started or is about to start.</summary>
/// <param name="Program">Absolute path of the implementation.</param>
/// <param name="TemporaryName">
/// The device's name in the birthplace netns until it is moved, and the name of the UAPI socket for good. Random, so
/// that it also tells the process by its arguments when a crash came before its pid was written.
/// </param>
/// <param name="Pid">0 until it was started.</param>
/// <param name="StartTime">Field 22 of /proc/PID/stat, clock ticks since boot: tells a reused pid.</param>
/// <param name="Inside">Null for any other than the embedded engine: its device is moved in.</param>
/// <param name="Symlink">IFNAME.sock beside the socket where that name was free, else null.</param>
public sealed record EngineRecord(
    string Program,
    string TemporaryName,
    string Socket,
    string Log,
    string? Symlink,
    int Pid = 0,
    ulong StartTime = 0,
    EngineInside? Inside = null)
{
    /// <summary>The netns that it runs in, by its file; null is the one that wgns runs in.</summary>
    public string? Birthplace { get; init; }

    /// <summary>What people know it by.</summary>
    public string Words => Inside is null ? Path.GetFileName(Program) : "the embedded engine";
}

/// <summary>Where the embedded engine makes its device itself, at once under its own name.</summary>
/// <param name="Netns">Path of the namespace's file.</param>
public sealed record EngineInside(string Netns, string Ifname);

/// <summary>A link to the host that wgns made or is about to make.</summary>
/// <param name="RulesText">SHA-256 of the host's table as it was loaded; null before.</param>
/// <param name="RulesListing">SHA-256 of its stateless listing taken right after; null before.</param>
public sealed record HostLinkRecord(HostLinkName Name, string? RulesText, string? RulesListing);
