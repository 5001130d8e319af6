using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wgns.Configuration;
using Wgns.Engine;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;
using Wgns.Linux.Processes;
using Wgns.Linux.Sockets;
using Wgns.Observation;
using Wgns.Publishing;
using Wgns.Systemd;

namespace Wgns.Verification;

/// <summary>Sees all that <see cref="Checks"/> judge. Changes nothing.</summary>
/// <param name="program">This program, to be started inside.</param>
/// <param name="insideVerb">What it is to be told for <see cref="InsideLook"/>.</param>
public sealed partial class Gathering(NamespaceHost host, string program, string insideVerb)
{
    /// <summary>Two tries of two seconds for each of three servers, and a start.</summary>
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);

    // IPv4 forwards by the setting of the link that a packet came in by, whatever "all" says; links to come start with "default".
    private static readonly string[] AnyLink = ["all", "default", "lo"];

    /// <exception cref="KernelException">What is inside cannot be looked at.</exception>
    public Evidence Of(string name)
    {
        var view = new NamespaceView(host);
        using var config = view.ConfigOf(name);
        var scope = (config?.Config is { } c ? host.ScopeOf(c) : new Scope(host.DnsFilesOf(name), [], Ruleset: true, Processes: null)) with { Processes = new ProcessSurvey() };
        scope = scope with { Sysctls = WithForwarding(scope.Sysctls) };
        var observed = Observe(name, scope);
        if (observed.Netns != NetnsPresence.Present)
        {
            return new Evidence { Observed = observed, Later = observed, Now = DateTimeOffset.UtcNow };
        }

        using var netns = Netns.OpenPath(host.Paths.NetnsFile(name));
        var planned = view.Drift(observed, config);
        var forwarders = ForwardRecord.Find(host.Paths, name).Select(p => p.Pid).ToHashSet();
        var engines = Engines();
        var holders = new SocketHolders();
        var (inside, problem) = Probe(name);
        return new Evidence
        {
            Observed = observed,
            Later = Observe(name, scope with { Processes = null, Ruleset = false }),
            Now = DateTimeOffset.UtcNow,
            Config = planned is null ? null : config?.Config,
            Drift = planned?.Plan is { } drift ? [.. drift.Steps.Select(s => s.Do.Describe())] : [],
            Obstacles = planned?.Obstacles ?? [],
            Counters = CountersOf(RulesReader.Counted(netns)),
            Linked = config?.Config is { DnsFiles: DnsFilesMode.Write } ? ImmutableDictionary<string, string>.Empty : BehindLinks(observed),
            Ways = Ways.Inside(netns),
            View = inside,
            ViewProblem = problem,
            PortsOutside = UdpPorts.Here(),
            PortsElsewhere = PortsElsewhere(observed),
            PortsInside = UdpPorts.Inside(netns),
            EngineSockets = observed.Engines.Where(e => e.Value.IsAlive).ToImmutableDictionary(e => e.Key, e => Processes.NetworkSockets(e.Value.Pid)),
            Processes =
            [
                .. observed.Processes.Select(p => Processes.Look(p, netns.Identity, forwarders, holders)).OfType<ProcessEvidence>()
                    .Select(p => p with { IsEngine = engines.Contains(p.Pid) }),
            ],
            Units = [.. AttachedUnits.Of(name).Select(u => new UnitEvidence(u, Outsiders(u, netns.Identity)))],
        };
    }

    private static ImmutableDictionary<string, ImmutableHashSet<int>> PortsElsewhere(ObservedState observed)
    {
        var ports = ImmutableDictionary.CreateBuilder<string, ImmutableHashSet<int>>();
        using var open = new OpenBirthplaces();
        foreach (var place in (observed.Record?.Interfaces ?? []).Select(i => i.Birthplace).OfType<BirthplaceRecord>().Distinct())
        {
            if (open.TryLinks(place.Path) is not null && open.Open(place.Path) is { } netns && netns.Identity == place.Netns)
            {
                ports[place.Path] = UdpPorts.Inside(netns);
            }
        }

        return ports.ToImmutable();
    }

    /// <summary>Engines of tunnels that are born in this namespace: those of others' records.</summary>
    private HashSet<int> Engines() =>
    [
        .. host.Store.List().Select(host.Store.LoadReadable).SelectMany(r => r?.Interfaces ?? [])
            .Select(i => i.Engine).OfType<EngineRecord>().Where(e => e is { Birthplace: not null, Pid: > 0 }).Select(e => e.Pid),
    ];

    /// <summary>The counters of a full listing that have a comment, summed by it.</summary>
    internal static ImmutableArray<(string Comment, ulong Packets)> CountersOf(string listing) =>
    [
        .. Counter().Matches(listing)
            .GroupBy(m => m.Groups["comment"].Value, m => ulong.Parse(m.Groups["packets"].Value, CultureInfo.InvariantCulture))
            .Select(g => (g.Key, g.Aggregate(0UL, (a, b) => a + b))),
    ];

    private static Func<IEnumerable<string>, IEnumerable<string>> WithForwarding(Func<IEnumerable<string>, IEnumerable<string>>? others) =>
        links => Forwarding.Every(AnyLink.Concat(links)).Concat(others?.Invoke(links) ?? []).Distinct();

    private static ImmutableDictionary<string, string> BehindLinks(ObservedState observed) =>
        observed.Files.Where(f => f.Value.Kind == FileKind.Symlink).Select(f => (Path: f.Key, Content: FileReader.Behind(f.Key)))
            .Where(f => f.Content is not null).ToImmutableDictionary(f => f.Path, f => f.Content!);

    private ObservedState Observe(string name, Scope scope) => host.Observer.Observe(name, host.Store.Load(name), scope);

    private (InsideView? View, string? Problem) Probe(string name)
    {
        // Where we were started may be hidden inside, or removed.
        var result = Command.Run(new SpawnRequest(program, ["exec", name, "--workdir", "/", "--", program, insideVerb]), [], ProbeLimit);
        if (result is not { ExitStatus: 0, TimedOut: false })
        {
            return (null, result.TimedOut ? "it took too long" : result.Errors.Trim());
        }

        try
        {
            return (JsonSerializer.Deserialize(result.Output, VerifyJson.Default.InsideView), null);
        }
        catch (JsonException e)
        {
            return (null, $"it told nonsense: {e.Message}");
        }
    }

    // Each is asked where it is now: a service may have started it since the others were looked at.
    private static ImmutableArray<int> Outsiders(AttachedUnit unit, NetnsIdentity inside) =>
        Checks.HasProcesses(unit) && unit.Unit.EndsWith(".service", StringComparison.Ordinal)
            ? [.. UnitProcesses.Of(unit.Unit).Where(p => Processes.IsOutside(p, inside) is not false)]
            : [];

    [GeneratedRegex("counter packets (?<packets>[0-9]+) bytes [0-9]+[^\\n]* comment \"(?<comment>[^\"]*)\"")]
    private static partial Regex Counter();
}
