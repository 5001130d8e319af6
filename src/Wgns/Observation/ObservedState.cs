using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Observation;

/// <summary>What is there now, as far as one namespace is concerned. Pure data; null and empty mean "not there".</summary>
public sealed record ObservedState
{
    public required string Name { get; init; }

    /// <summary>What an earlier run wrote down as its own; null where none did.</summary>
    public StateRecord? Record { get; init; }

    public NetnsPresence Netns { get; init; } = NetnsPresence.Absent;

    /// <summary>Device and inode of the netns, null unless <see cref="Netns"/> is Present.</summary>
    public NetnsIdentity? NetnsIdentity { get; init; }

    /// <summary>Its number for good; null also where the kernel gives none (before Linux 5.14).</summary>
    public ulong? NetnsCookie { get; init; }

    /// <summary>What it is where <see cref="Netns"/> is Foreign.</summary>
    public string? ForeignWhat { get; init; }

    public bool LoopbackUp { get; init; }

    /// <summary>
    /// Values of /proc/sys as the namespace sees them, such as can be written back; one that cannot be is empty, and one that the kernel
    /// does not have is absent.
    /// </summary>
    public ImmutableDictionary<string, string> Sysctls { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>nft's stateless listing of the whole netns, or, where it is somebody else's, of table inet wgns; null where it was not asked for or there is no netns.</summary>
    public string? RulesetListing { get; init; }

    /// <summary>The files and directories that were asked for, by path. A missing path is absent.</summary>
    public ImmutableDictionary<string, ObservedFile> Files { get; init; } = ImmutableDictionary<string, ObservedFile>.Empty;

    /// <summary>Links inside the namespace, lo left out.</summary>
    public ImmutableArray<ObservedLink> Links { get; init; } = [];

    /// <summary>What of host links stands on the host.</summary>
    public ObservedOutside Outside { get; init; } = ObservedOutside.Nothing;

    /// <summary>WireGuard devices by the interface's name inside.</summary>
    public ImmutableDictionary<string, WireGuardDevice> Devices { get; init; } = ImmutableDictionary<string, WireGuardDevice>.Empty;

    /// <summary>Engines of the record, by the interface's name inside.</summary>
    public ImmutableDictionary<string, ObservedEngine> Engines { get; init; } = ImmutableDictionary<string, ObservedEngine>.Empty;

    /// <summary>Processes whose netns this is.</summary>
    public ImmutableArray<ObservedProcess> Processes { get; init; } = [];

    public ObservedLink? Link(string ifname) => Links.FirstOrDefault(l => l.Ifname == ifname);

    /// <summary>Whether a tunnel's link is there with somebody behind it: what an engine leaves that is killed carries nothing.</summary>
    public bool IsCarried(InterfaceRecord tunnel)
    {
        ArgumentNullException.ThrowIfNull(tunnel);

        // In the midst of a change of engine the record may speak of one where the kernel's device is.
        return Link(tunnel.Ifname) is { } link
            && (tunnel.Engine is null || link.Kind == LinkKind.WireGuard || Engines.GetValueOrDefault(tunnel.Ifname) is { IsAlive: true });
    }

    /// <summary>Whether it has no tunnel, and no other link but those that somebody else, who made it, gave it.</summary>
    public bool IsClosed => Record?.Shared is null
        ? Links.All(l => Record?.Interface(l.Ifname) is { } tunnel && !IsCarried(tunnel))
        : Record.Interfaces.All(i => !IsCarried(i));
}

/// <summary>What stands at /run/netns/NAME.</summary>
public enum NetnsPresence
{
    Absent,

    /// <summary>A plain file without a mount on it: a crash between the two steps of making one leaves it.</summary>
    StaleFile,

    /// <summary>Something that nobody who makes netns put there, such as a symbolic link. Never touched.</summary>
    Foreign,

    Present,
}

/// <summary>A file or a directory. Symbolic links are never followed: they have neither content nor entries.</summary>
/// <param name="Content">Null for a directory, a symbolic link or what cannot be read.</param>
public sealed record ObservedFile(FileKind Kind, string? Content);

public enum FileKind
{
    Regular,
    Directory,
    Symlink,
    Other,
}

/// <param name="Kind">IFLA_INFO_KIND: "wireguard", "tun", "veth"; empty where the driver gives none.</param>
/// <param name="Mtu">Bytes.</param>
public sealed record ObservedLink(
    string Ifname,
    int Ifindex,
    string Kind,
    int Mtu,
    bool IsUp,
    ImmutableArray<Cidr> Addresses,
    ImmutableArray<ObservedRoute> Routes)
{
    /// <summary>IFLA_IFALIAS; of an embedded engine's device the engine's random name. Null where there is none.</summary>
    public string? Alias { get; init; }
}

/// <summary>A route of the main table through its link.</summary>
/// <param name="IsOurs">False for what the kernel or a router advertisement put there (RTPROT_KERNEL, RTPROT_RA).</param>
/// <param name="Metric">RTA_PRIORITY: of two to one network the lower is taken; for IPv6 1024 is what the kernel gives.</param>
public sealed record ObservedRoute(Cidr Destination, bool IsOurs, uint Metric = 0);

/// <summary>The process of a userspace engine.</summary>
/// <param name="Pid">0 where it is not running, or does not answer.</param>
/// <param name="SocketPresent">Its UAPI socket exists.</param>
public sealed record ObservedEngine(int Pid, bool SocketPresent)
{
    public bool IsAlive => Pid != 0;

    /// <summary>Whether it runs, and does not answer.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Whether its device is found by the interface's name, too; true where it was to go without.</summary>
    public bool SymlinkPresent { get; init; } = true;
}

public sealed record ObservedProcess(int Pid, string Comm);
