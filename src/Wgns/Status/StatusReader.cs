using System.Collections.Immutable;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Status;

/// <summary>Turns what was observed into what is told.</summary>
public static class StatusReader
{
    public const int Version = 1;

    /// <param name="planned">The plan that `up` would run, or why it would run none; null where the configuration is not to be had.</param>
    public static NamespaceStatus Read(ObservedState observed, PlanResult? planned, RuntimePaths paths)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(paths);
        var drift = planned?.Plan;
        ImmutableArray<string> obstacles = planned is null ? [] : [.. planned.Obstacles.Select(o => $"{o.Message}: {o.Hint}")];
        var isPresent = observed.Netns == NetnsPresence.Present;
        var interfaces = Interfaces(observed);
        var dns = DnsIsFine(observed, drift);
        var ruleset = isPresent && !RulesetPlan.HasDrifted(observed) && drift?.Steps.Any(s => s.Do is LoadRuleset) != true;
        ImmutableArray<string> steps = drift is null ? [] : [.. drift.Steps.Select(s => s.Do.Describe())];
        var state = !isPresent ? "down"
            : observed.IsClosed ? "closed"
            : dns && ruleset && steps.IsEmpty && obstacles.IsEmpty && interfaces.All(i => i.Up) && (observed.Record?.Interfaces ?? []).All(observed.IsCarried) ? "up"
            : "degraded";
        return new NamespaceStatus(
            observed.Name,
            state,
            observed.Record?.Config ?? string.Empty,
            isPresent ? paths.NetnsFile(observed.Name) : null,
            observed.NetnsIdentity?.Inode,
            dns,
            ruleset,
            interfaces,
            steps,
            [.. observed.Processes.Select(p => new ProcessStatus(p.Pid, p.Comm))])
        {
            Obstacles = obstacles,
            Holder = observed.Record?.Holder,
            Managed = observed.Record?.Shared is null,
            OtherLinks = observed.Record is { Shared: not null } record ? [.. OtherLinks(record, observed)] : [],
            HostLink = observed.Record?.HostLinks is [.., var last] ? HostLink(last.Name, observed) : null,
        };
    }

    /// <summary>Of a namespace that somebody else made: the links that are not wgns's.</summary>
    internal static IEnumerable<string> OtherLinks(StateRecord record, ObservedState observed) =>
        observed.Links.Select(l => l.Ifname).Where(l => record.Interface(l) is null && record.HostLinks.All(h => h.Name.Ifname != l));

    private static HostLinkStatus HostLink(HostLinkName name, ObservedState observed)
    {
        var (host, inside) = (observed.Outside.Link(name.HostIfname), observed.Link(name.Ifname));
        return new HostLinkStatus(
            name.HostIfname, name.Ifname, host is not null && inside is not null, Texts(host), Texts(inside))
        {
            Forwarding = [.. observed.Record?.Forwarding.Select(r => r.Key.Replace('/', '.')) ?? []],
        };

        static ImmutableArray<string> Texts(ObservedLink? end) => [.. end?.Addresses.Select(a => a.ToString()) ?? []];
    }

    private static bool DnsIsFine(ObservedState observed, Plan? drift) =>
        (observed.Record?.Files ?? []).All(f => observed.Files.GetValueOrDefault(f)?.Kind == FileKind.Regular)
        && drift?.Steps.Any(s => s.Do is WriteFile or RemoveFile or CreateDirectory) != true;

    private static ImmutableArray<InterfaceStatus> Interfaces(ObservedState observed)
    {
        var recorded = observed.Record?.Interfaces ?? [];
        return [.. recorded.Select(r => Interface(r, observed))];
    }

    private static InterfaceStatus Interface(InterfaceRecord record, ObservedState observed)
    {
        var link = observed.Link(record.Ifname);
        var device = observed.Devices.GetValueOrDefault(record.Ifname);
        return new InterfaceStatus(
            record.Ifname,
            record.Engine is { } engine ? engine.Inside is null ? Path.GetFileName(engine.Program) : "embedded" : "kernel",
            observed.Engines.GetValueOrDefault(record.Ifname)?.Pid ?? 0,
            link is not null,
            link?.IsUp ?? false,
            link?.Mtu ?? 0,
            link is null ? [] : [.. link.Addresses.Select(a => a.ToString())],
            device?.PublicKey?.ToString(),
            device?.ListenPort ?? 0,
            device?.FirewallMark ?? 0,
            device is null ? [] : [.. device.Peers.Select(Peer)])
        {
            Birthplace = record.Birthplace?.Path,
        };
    }

    private static PeerStatus Peer(WireGuardPeer peer) => new(
        peer.PublicKey.ToString(),
        peer.PresharedKey is not null,
        peer.Endpoint?.ToString(),
        [.. peer.AllowedIps.Select(a => a.ToString())],
        peer.LatestHandshake?.ToUnixTimeSeconds(),
        peer.TransferRx,
        peer.TransferTx,
        peer.PersistentKeepalive);
}
