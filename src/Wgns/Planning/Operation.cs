using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>One thing to do, as data: it is rendered as shell by `plan` and carried out by `up` and `down`.</summary>
public abstract record Operation
{
    /// <summary>What it does, for people: "create namespace vpn".</summary>
    public abstract string Describe();
}

public sealed record CreateNetns(string Name) : Operation
{
    public override string Describe() => $"create namespace {Name}";
}

/// <summary>Gives the network namespace of this very process a name, under which others find and enter it.</summary>
public sealed record NameOwnNetns(string Name) : Operation
{
    public override string Describe() => $"name this network namespace {Name}";
}

/// <summary>Takes the name away, and with it the namespace unless a process still holds it.</summary>
public sealed record DeleteNetns(string Name) : Operation
{
    public override string Describe() => $"delete namespace {Name}";
}

public sealed record SetLoopbackUp(string Name) : Operation
{
    public override string Describe() => "bring up lo";
}

/// <summary>As it was, in a namespace that is somebody else's.</summary>
public sealed record SetLoopbackDown(string Name) : Operation
{
    public override string Describe() => "bring down lo";
}

/// <summary>Sets a value of /proc/sys as the namespace sees it; a kernel without that key (IPv6 is off) has nothing to set.</summary>
/// <param name="Key">Parts by slashes: net/ipv6/conf/wg0/disable_ipv6.</param>
public sealed record SetSysctl(string Name, string Key, string Value) : Operation
{
    public override string Describe() => $"set {Key} to {Value}";
}

/// <summary>Replaces, in one transaction, everything that nft lists in the namespace, or table inet wgns alone.</summary>
/// <param name="Text">nft commands after that.</param>
/// <param name="IsWhole">False where the namespace is somebody else's: then so are its other tables.</param>
public sealed record LoadRuleset(string Name, string Text, bool IsWhole = true) : Operation
{
    public override string Describe() => IsWhole ? "load firewall rules" : $"load firewall rules (table {DefaultRuleset.Table} alone)";

    /// <summary>All that nft is to do.</summary>
    public string Commands => (IsWhole ? "flush ruleset\n" : DeleteRuleset.Commands) + Text;
}

/// <summary>Takes away table inet wgns, where it is, and leaves the others.</summary>
public sealed record DeleteRuleset(string Name) : Operation
{
    /// <summary>The first makes one to delete where there is none.</summary>
    public const string Commands = $"table {DefaultRuleset.Table}\ndelete table {DefaultRuleset.Table}\n";

    public override string Describe() => $"delete table {DefaultRuleset.Table}";
}

public sealed record CreateDirectory(string Path) : Operation
{
    public override string Describe() => $"create directory {Path}";
}

/// <summary>Removes a directory if it is empty.</summary>
public sealed record RemoveDirectory(string Path) : Operation
{
    public override string Describe() => $"remove directory {Path}";
}

/// <summary>Writes a world-readable file; one that exists keeps its inode, since services have it bind-mounted.</summary>
public sealed record WriteFile(string Path, string Content) : Operation
{
    public override string Describe() => $"write {Path}";
}

public sealed record RemoveFile(string Path) : Operation
{
    public override string Describe() => $"remove {Path}";
}

/// <summary>Creates a kernel WireGuard link, born in this netns, living in the namespace from its first instant.</summary>
public sealed record CreateLink(string Name, string Ifname, int Mtu) : Operation
{
    /// <summary>The netns that it is born in, by its file; null is this one.</summary>
    public string? Birthplace { get; init; }

    public override string Describe() => $"create link {Ifname} (kernel WireGuard)";
}

public sealed record DeleteLink(string Name, string Ifname) : Operation
{
    public override string Describe() => $"delete link {Ifname}";
}

/// <summary>
/// Starts a userspace engine in the birthplace netns; it makes its device there under the temporary name, the embedded one inside
/// under its own.
/// </summary>
public sealed record StartEngine(string Ifname, EngineRecord Engine) : Operation
{
    /// <summary>The ifindex of its device, which stands after another engine's end and is to be taken over; null makes one.</summary>
    public int? Device { get; init; }

    public override string Describe() => $"start {Engine.Words} for {Ifname}{(Device is null ? string.Empty : ", which stands")}";
}

/// <summary>Ends exactly the recorded process and takes away what it leaves: device, socket, link to it, log.</summary>
public sealed record StopEngine(string Ifname, EngineRecord Engine) : Operation
{
    /// <summary>
    /// The device of an embedded one stays, closed: for the engine that the same plan starts, or because the plan deletes the netns, in
    /// which nothing runs, and the device may go with that.
    /// </summary>
    public bool LeavesDevice { get; init; }

    public override string Describe() => $"stop {Engine.Words} of {Ifname}";
}

/// <summary>Moves an engine's device into the namespace and gives it its name, in one message.</summary>
public sealed record MoveLink(string Name, string TemporaryName, string Ifname) : Operation
{
    /// <summary>The netns that it comes from, by its file; null is this one.</summary>
    public string? Birthplace { get; init; }

    public override string Describe() => $"move {TemporaryName} in as {Ifname}";
}

/// <summary>A symbolic link beside the UAPI socket, so that `wg show IFNAME` finds it.</summary>
public sealed record LinkSocket(string Symlink, string Target) : Operation
{
    public override string Describe() => $"link {Symlink}";
}

/// <param name="Engine">Null where the kernel runs the device.</param>
public sealed record ConfigureDevice(string Name, string Ifname, EngineRecord? Engine, DevicePatch Patch) : Operation
{
    public override string Describe() =>
        Patch.Peers.Length switch
        {
            0 => $"configure {Ifname}",
            1 => $"configure {Ifname} (1 peer)",
            var count => $"configure {Ifname} ({count} peers)",
        };
}

public sealed record SetMtu(string Name, string Ifname, int Mtu) : Operation
{
    public override string Describe() => $"set MTU of {Ifname} to {Mtu}";
}

public sealed record AddAddress(string Name, string Ifname, Cidr Address) : Operation
{
    public override string Describe() => $"add address {Address} to {Ifname}";
}

public sealed record RemoveAddress(string Name, string Ifname, Cidr Address) : Operation
{
    public override string Describe() => $"remove address {Address} from {Ifname}";
}

public sealed record SetLinkUp(string Name, string Ifname) : Operation
{
    public override string Describe() => $"bring up {Ifname}";
}

public sealed record SetLinkDown(string Name, string Ifname) : Operation
{
    public override string Describe() => $"bring down {Ifname}";
}

public sealed record AddRoute(string Name, string Ifname, Cidr Destination) : Operation
{
    /// <summary>RTA_PRIORITY; 0 leaves it to the kernel.</summary>
    public uint Metric { get; init; }

    public override string Describe() => $"add route {Destination} by {Ifname}";
}

public sealed record RemoveRoute(string Name, string Ifname, Cidr Destination) : Operation
{
    public override string Describe() => $"remove route {Destination} by {Ifname}";
}

/// <summary>When a hook runs.</summary>
public enum HookPhase
{
    PreUp,
    PostUp,
    PreDown,
    PostDown,
}

/// <summary>Runs commands of the user's by /bin/sh -c, one after the other; all of them, also where one fails.</summary>
/// <param name="Ifnames">WGNS_INTERFACE for them: the interfaces' names with spaces between.</param>
public sealed record RunHooks(string Name, string Ifnames, HookPhase Phase, ImmutableArray<HookCommand> Hooks) : Operation
{
    public override string Describe() => $"run {Key} hook {string.Join("; ", Hooks.Select(h => Shown(h.Command)))}";

    /// <summary>The key of the configuration that holds them.</summary>
    public string Key => Phase switch
    {
        HookPhase.PreUp => "preUp",
        HookPhase.PostUp => "postUp",
        HookPhase.PreDown => "preDown",
        _ => "postDown",
    };

    /// <summary>The first line of a command, cut where it is long: it names the command, and need not tell all of it.</summary>
    internal static string Shown(string command)
    {
        var line = command.Trim().Split('\n')[0].TrimEnd();
        return $"`{(line.Length > 60 ? line[..57] + "..." : line.Length < command.Trim().Length ? line + " ..." : line)}`";
    }
}

/// <summary>What to set on a device, with keys by reference. A null leaves what is there.</summary>
public sealed record DevicePatch(
    KeySource? PrivateKey,
    ushort? ListenPort,
    uint? FirewallMark,
    ImmutableArray<PeerPatch> Peers)
{
    public bool IsEmpty => PrivateKey is null && ListenPort is null && FirewallMark is null && Peers.IsEmpty;
}

/// <param name="IsNew">False updates a peer only if it is still there.</param>
/// <param name="ClearPresharedKey">Takes the preshared key away; with <paramref name="PresharedKey"/> null.</param>
/// <param name="AllowedIps">The whole list, or null to leave it.</param>
/// <param name="EndpointName">The endpoint as configured where <paramref name="Endpoint"/> came by looking it up.</param>
public sealed record PeerPatch(
    WireGuardKey PublicKey,
    bool IsNew = false,
    bool Remove = false,
    KeySource? PresharedKey = null,
    bool ClearPresharedKey = false,
    IPEndPoint? Endpoint = null,
    Endpoint? EndpointName = null,
    ushort? PersistentKeepalive = null,
    ImmutableArray<Cidr>? AllowedIps = null);
