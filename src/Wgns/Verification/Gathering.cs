using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;
using Wgns.Linux.Processes;
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

    private static readonly string[] Forwarding = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"];

    /// <exception cref="KernelException">What is inside cannot be looked at.</exception>
    public Evidence Of(string name)
    {
        var view = new NamespaceView(host);
        using var config = view.ConfigOf(name);
        var scope = (config?.Config is { } c ? host.ScopeOf(c) : new Scope(host.DnsFilesOf(name), [], Ruleset: true, Processes: false)) with { Processes = true };
        scope = scope with { Sysctls = WithForwarding(scope.Sysctls) };
        var observed = Observe(name, scope);
        if (observed.Netns != NetnsPresence.Present)
        {
            return new Evidence { Observed = observed, Later = observed, Now = DateTimeOffset.UtcNow };
        }

        using var netns = Netns.OpenPath($"{host.Paths.Netns}/{name}");
        var drift = view.Drift(observed, config);
        var forwarder = ForwardRecord.Find(host.Paths, name)?.Pid;
        var (inside, problem) = Probe(name);
        return new Evidence
        {
            Observed = observed,
            Later = Observe(name, scope with { Processes = false, Ruleset = false }),
            Now = DateTimeOffset.UtcNow,
            Config = drift is null ? null : config?.Config,
            Drift = drift is null ? [] : [.. drift.Steps.Select(s => s.Do.Describe())],
            Counters = CountersOf(NftNetns.List(netns.Fd).Output),
            View = inside,
            ViewProblem = problem,
            PortsOutside = UdpPorts.Here(),
            PortsInside = UdpPorts.Inside(netns),
            Processes = [.. observed.Processes.Select(p => Processes.Look(p, netns.Identity, forwarder)).OfType<ProcessEvidence>()],
            Units = [.. AttachedUnits.Of(name).Select(u => new UnitEvidence(u, Outsiders(u, netns.Identity)))],
        };
    }

    /// <summary>The counters of a full listing that have a comment, summed by it.</summary>
    internal static ImmutableArray<(string Comment, ulong Packets)> CountersOf(string listing) =>
    [
        .. Counter().Matches(listing)
            .GroupBy(m => m.Groups["comment"].Value, m => ulong.Parse(m.Groups["packets"].Value, CultureInfo.InvariantCulture))
            .Select(g => (g.Key, g.Aggregate(0UL, (a, b) => a + b))),
    ];

    private static Func<IEnumerable<string>, IEnumerable<string>> WithForwarding(Func<IEnumerable<string>, IEnumerable<string>>? others) =>
        links => Forwarding.Concat(others?.Invoke(links) ?? []);

    private ObservedState Observe(string name, Scope scope) => host.Observer.Observe(name, host.Store.Load(name), scope);

    private (InsideView? View, string? Problem) Probe(string name)
    {
        var result = Command.Run(new SpawnRequest(program, ["exec", name, "--", program, insideVerb]), [], ProbeLimit);
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
            ? [.. UnitProcesses.Of(unit.Unit).Where(p => Processes.IsOutside(p, inside))]
            : [];

    [GeneratedRegex("counter packets (?<packets>[0-9]+) bytes [0-9]+[^\\n]* comment \"(?<comment>[^\"]*)\"")]
    private static partial Regex Counter();
}
