using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Observation;

/// <summary>What to look at; looking costs time, and a command asks for what it needs.</summary>
/// <param name="Files">Paths besides those of the record.</param>
/// <param name="Ifnames">Interfaces besides those of the record.</param>
/// <param name="Processes">Who is inside; null where that is not asked.</param>
/// <param name="Devices">Whether to read WireGuard devices, for which an engine that hangs takes 5 seconds.</param>
public sealed record Scope(
    IReadOnlyCollection<string> Files, IReadOnlyCollection<string> Ifnames, bool Ruleset, ProcessSurvey? Processes, bool Devices = true)
{
    /// <summary>Keys of /proc/sys to read, given the links that there are; null reads none.</summary>
    public Func<IEnumerable<string>, IEnumerable<string>>? Sysctls { get; init; }

    /// <summary>The namespace is, or is to be, somebody else's: of its rules those of table inet wgns alone are looked at.</summary>
    public bool IsShared { get; init; }

    /// <summary>Host links besides those of the record.</summary>
    public IReadOnlyCollection<HostLinkName> HostLinks { get; init; } = [];
}

/// <summary>Reads the state of one namespace from the kernel, from files and from engines. Changes nothing.</summary>
public sealed class Observer(IDevices devices, RuntimePaths paths)
{
    public ObservedState Observe(string name, StateRecord? record, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var state = new ObservedState
        {
            Name = name,
            Record = record,
            Files = FileReader.Read([.. scope.Files, .. record?.Files ?? [], .. record?.Directories ?? []]),
            Engines = Engines(record),
            Outside = Outside(record, scope, null),
        };
        switch (new NetnsDirectory(paths.Netns).Open(name))
        {
            case NetnsLookup.Stale:
                return state with { Netns = NetnsPresence.StaleFile };
            case NetnsLookup.Foreign foreign:
                return state with { Netns = NetnsPresence.Foreign, ForeignWhat = foreign.What };
            case NetnsLookup.Found found:
                using (found.Netns)
                {
                    return Inside(state, found.Netns, scope);
                }

            default:
                return state;
        }
    }

    /// <summary>Nothing is asked where there is no host link.</summary>
    /// <param name="birthplace">The host's netns; null is the one that this process is in.</param>
    public static ObservedOutside Outside(StateRecord? record, Scope scope, Netns? birthplace)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var names = scope.HostLinks.Concat(record?.HostLinks.Select(l => l.Name) ?? []).Distinct().ToList();
        if (names.Count == 0 && record is not { Forwarding.IsEmpty: false })
        {
            return ObservedOutside.Nothing;
        }

        using var own = birthplace is null ? Netns.OfThisThread() : null;
        var netns = birthplace ?? own!;
        using var rtnl = NetnsThread.Run(netns.Fd, Rtnl.Open);
        var links = names.Select(n => rtnl.GetLink(n.HostIfname)).OfType<Link>().DistinctBy(l => l.Index).ToList();
        var addresses = rtnl.GetAddresses().ToLookup(a => a.LinkIndex, a => a.Cidr);
        var routes = rtnl.GetRoutes().ToLookup(r => r.LinkIndex);
        return new ObservedOutside(
            [.. links.Select(l => Describe(l, addresses, routes))],
            names.Select(n => n.Table).Distinct().Select(t => (Name: t, Listing: RulesReader.Table(netns, t))).Where(t => t.Listing is not null)
                .ToImmutableDictionary(t => t.Name, t => t.Listing!))
        {
            Sysctls = Sysctl.Read(netns.Fd, [.. Forwarding.Keys(rtnl.GetLinks().Select(l => l.Name))]),
        };
    }

    private ObservedState Inside(ObservedState state, Netns netns, Scope scope)
    {
        var (cookie, open) = NetnsThread.Run(netns.Fd, () => (NetnsCookie.OfThisThread(), Rtnl.Open()));
        using var rtnl = open;
        var links = rtnl.GetLinks();
        var addresses = rtnl.GetAddresses().ToLookup(a => a.LinkIndex, a => a.Cidr);
        var routes = rtnl.GetRoutes().ToLookup(r => r.LinkIndex);
        var silent = new HashSet<string>();
        var observed = links.Where(l => l.Name != "lo").Select(l => Describe(l, addresses, routes)).ToImmutableArray();
        return state with
        {
            Netns = NetnsPresence.Present,
            Sysctls = scope.Sysctls is { } sysctls ? Writable(Sysctl.Read(netns.Fd, [.. sysctls(observed.Select(l => l.Ifname))])) : state.Sysctls,
            NetnsIdentity = netns.Identity,
            NetnsCookie = cookie,
            LoopbackUp = links.Any(l => l is { Name: "lo", IsUp: true }),
            RulesetListing = scope.Ruleset ? RulesReader.Rules(netns, !scope.IsShared && state.Record?.Shared is null) : null,
            Links = observed,
            Devices = scope.Devices ? Devices(state, netns, observed, scope, silent) : state.Devices,
            Engines = state.Engines.ToImmutableDictionary(e => e.Key, e => silent.Contains(e.Key) ? e.Value with { Pid = 0, IsSilent = e.Value.IsAlive } : e.Value),
            Processes = [.. scope.Processes?.Inside(netns.Identity).Select(p => new ObservedProcess(p.Pid, p.Command)) ?? []],
        };
    }

    private static ImmutableDictionary<string, string> Writable(ImmutableDictionary<string, string> read) =>
        read.TryGetValue(PingGroups.Key, out var range) ? read.SetItem(PingGroups.Key, PingGroups.Writable(range, UserMap.HasGroup)) : read;

    private static ObservedLink Describe(Link link, ILookup<int, Cidr> addresses, ILookup<int, Route> routes) => new(
        link.Name,
        link.Index,
        link.Kind ?? string.Empty,
        link.Mtu,
        link.IsUp,
        [.. addresses[link.Index]],
        [.. routes[link.Index].Where(r => r.Type == RouteType.Unicast).Select(r => new ObservedRoute(r.Destination, !r.IsAutomatic, r.Metric))])
    {
        Alias = link.Alias,
    };

    private ImmutableDictionary<string, WireGuardDevice> Devices(
        ObservedState state, Netns netns, ImmutableArray<ObservedLink> links, Scope scope, HashSet<string> silent)
    {
        var found = ImmutableDictionary.CreateBuilder<string, WireGuardDevice>();
        var names = scope.Ifnames.Concat(state.Record?.Interfaces.Select(i => i.Ifname) ?? []).Distinct();
        foreach (var ifname in names.Where(n => links.Any(l => l.Ifname == n)))
        {
            // The record may still, or already, speak of an engine where a crash left the kernel's device.
            var isKernel = links.Any(l => l.Ifname == ifname && l.Kind == LinkKind.WireGuard);
            var engine = isKernel ? null : state.Record?.Interface(ifname)?.Engine;
            if (engine is not null && state.Engines.GetValueOrDefault(ifname) is not { IsAlive: true, SocketPresent: true })
            {
                continue;
            }

            using var control = devices.Open(netns, ifname, engine);
            if (Ask(control, engine) is { } device)
            {
                found[ifname] = device;
            }
            else if (engine is not null)
            {
                silent.Add(ifname);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Null also for an engine that hangs or answers nonsense: it is of no use, and `up` starts another.</summary>
    private static WireGuardDevice? Ask(IDeviceControl? control, EngineRecord? engine)
    {
        try
        {
            return control?.Get();
        }
        catch (KernelException e) when (engine is not null && e.Errno != Errno.EACCES)
        {
            return null;
        }
    }

    private ImmutableDictionary<string, ObservedEngine> Engines(StateRecord? record) =>
        (record?.Interfaces ?? [])
            .Where(i => i.Engine is not null)
            .ToImmutableDictionary(i => i.Ifname, i => devices.Observe(i.Engine!));
}
