using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Status;
using Wgns.Systemd;

namespace Wgns.Lifecycle;

/// <summary>Looks at namespaces for `status` and `list`.</summary>
public sealed class NamespaceView(NamespaceHost host)
{
    /// <summary>The names that wgns has a record of, sorted.</summary>
    public IReadOnlyList<string> Names() => host.Store.List();

    /// <param name="config">What the record's configuration says now; null leaves drift from it out.</param>
    /// <param name="processes">One for all namespaces that are looked at together.</param>
    public NamespaceStatus Status(string name, LoadedConfig? config, ProcessSurvey processes)
    {
        var record = host.Store.Load(name);
        var scope = config?.Config is { } c
            ? host.ScopeOf(c) with { Processes = processes }
            : new Scope([], [], Ruleset: true, Processes: processes);
        var observed = host.Observer.Observe(name, record, scope);
        return StatusReader.Read(observed, Drift(observed, config), host.Paths) with { Units = AttachedUnits.Of(name) };
    }

    /// <summary>The configuration of a record, where it is still there; nothing is looked up for it.</summary>
    public LoadedConfig? ConfigOf(string name)
    {
        var path = host.Store.Load(name)?.Config;
        return string.IsNullOrEmpty(path) || !File.Exists(path)
            ? null
            : new ConfigLoader(_ => new RulesVerdict([], null)) { Reading = FileReading.Repeatedly }.Load(path);
    }

    public ImmutableArray<ListEntry> List() =>
    [
        .. Names().Select(Entry).OfType<ListEntry>(),
    ];

    /// <summary>Null where the record went while we looked. One that cannot be read or entered must not hide the others.</summary>
    private ListEntry? Entry(string name)
    {
        StateRecord? record = null;
        try
        {
            record = host.Store.Load(name);
            if (record is null)
            {
                return null;
            }

            var scope = new Scope([], [], Ruleset: false, Processes: null, Devices: false);
            var observed = host.Observer.Observe(name, record, scope);
            return Entry(name, observed.Netns != NetnsPresence.Present ? "down" : observed.IsClosed ? "closed" : "up", record);
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            return Entry(name, "unknown", record);
        }
    }

    private static ListEntry Entry(string name, string state, StateRecord? record) =>
        new(name, state, [.. record?.Interfaces.Select(i => i.Ifname) ?? []], record?.Config ?? string.Empty);

    /// <summary>What `up` would do about a namespace, or what is in its way; null where its configuration is not to be had.</summary>
    public PlanResult? Drift(ObservedState observed, LoadedConfig? config)
    {
        ArgumentNullException.ThrowIfNull(observed);
        if (config is not { HasErrors: false, Config: { } wanted, Keys: { } keys })
        {
            return null;
        }

        if (wanted.Name != observed.Name)
        {
            if (host.Paths.Hidden is null)
            {
                return null;
            }

            // A user's has the name that it was kept under.
            wanted = wanted with { Name = observed.Name };
        }

        // Endpoints are left out: looking names up would make status wait, and a peer may roam.
        var diagnostics = new List<Diagnostic>();
        var desired = host.OfflineResolverFor(wanted, diagnostics)?.Resolve(wanted, keys, observed.Record, diagnostics, strict: false);
        return desired is null ? null : Planner.Up(desired, observed);
    }
}
