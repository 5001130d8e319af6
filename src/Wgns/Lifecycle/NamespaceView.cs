using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Firewall;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Status;

namespace Wgns.Lifecycle;

/// <summary>Looks at namespaces for `status` and `list`.</summary>
public sealed class NamespaceView(NamespaceHost host)
{
    /// <summary>The names that wgns has a record of, sorted.</summary>
    public IReadOnlyList<string> Names() => host.Store.List();

    /// <param name="config">What the record's configuration says now; null leaves drift from it out.</param>
    public NamespaceStatus Status(string name, LoadedConfig? config)
    {
        var record = host.Store.Load(name);
        var scope = config?.Config is { } c
            ? host.ScopeOf(c) with { Processes = true }
            : new Scope([], [], Ruleset: true, Processes: true);
        var observed = host.Observer.Observe(name, record, scope);
        return StatusReader.Read(observed, Drift(observed, config), host.Paths);
    }

    /// <summary>The configuration of a record, where it is still there; nothing is looked up for it.</summary>
    public LoadedConfig? ConfigOf(string name)
    {
        var path = host.Store.Load(name)?.Config;
        return string.IsNullOrEmpty(path) || !File.Exists(path)
            ? null
            : new ConfigLoader(_ => new RulesVerdict([], null)).Load(path);
    }

    public ImmutableArray<ListEntry> List() =>
    [
        // A record may go while we look.
        .. Names().Select(host.Store.Load).OfType<StateRecord>().Select(record =>
        {
            var scope = new Scope([], [], Ruleset: false, Processes: false, Devices: false);
            var observed = host.Observer.Observe(record.Namespace, record, scope);
            return new ListEntry(
                record.Namespace,
                observed.Netns != NetnsPresence.Present ? "down" : observed.Links.IsEmpty ? "closed" : "up",
                [.. record.Interfaces.Select(i => i.Ifname)],
                record.Config);
        }),
    ];

    private Plan? Drift(ObservedState observed, LoadedConfig? config)
    {
        if (config is not { HasErrors: false, Config: { } wanted, Keys: { } keys } || wanted.Name != observed.Name)
        {
            return null;
        }

        // Endpoints are left out: looking names up would make status wait, and a peer may roam.
        var diagnostics = new List<Diagnostic>();
        var desired = host.OfflineResolver.Resolve(wanted, keys, observed.Record, diagnostics, strict: false);
        return desired is null ? null : Planner.Up(desired, observed).Plan;
    }
}
