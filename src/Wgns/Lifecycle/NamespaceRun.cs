using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Confinement;
using Wgns.Diagnostics;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Publishing;

namespace Wgns.Lifecycle;

/// <summary>How an up or a down went.</summary>
/// <param name="Plan">Null where there could be none.</param>
/// <param name="Result">Null where nothing was begun.</param>
/// <param name="Inside">After a down: the processes that the namespace was kept for.</param>
public sealed record RunReport(
    string Name,
    ImmutableArray<Diagnostic> Diagnostics,
    ImmutableArray<Obstacle> Obstacles,
    Plan? Plan,
    RunResult? Result,
    ImmutableArray<ObservedProcess> Inside)
{
    public bool Succeeded => Result is { Succeeded: true } && Inside.IsEmpty;
}

/// <summary>up, down and plan: look, decide, do, under the namespace's lock.</summary>
public sealed partial class NamespaceRun(NamespaceHost host, IRunObserver? observer = null)
{
    public RunReport Up(NamespaceConfig config, KeyRing keys, bool adopt = false, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(keys);
        return Locked(config.Name, () => UpLocked(config, keys, adopt, stop));
    }

    private RunReport UpLocked(NamespaceConfig config, KeyRing keys, bool adopt, CancellationToken stop)
    {
        var (diagnostics, planned) = Decide(config, keys, adopt, strict: true);
        if (planned?.Plan is not { } plan)
        {
            return new RunReport(config.Name, diagnostics, planned?.Obstacles ?? [], null, null, []);
        }

        using var machine = new LinuxMachine(host.Paths, keys, host.Devices);
        var result = new Executor(machine, host.Store, observer).Apply(plan, stop);
        return new RunReport(config.Name, diagnostics, [], plan, result, []);
    }

    /// <summary>What <see cref="Up"/> would do. Takes no lock and changes nothing.</summary>
    public RunReport Plan(NamespaceConfig config, KeyRing keys, bool adopt = false)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(keys);
        var (diagnostics, planned) = Decide(config, keys, adopt, strict: false);
        return new RunReport(config.Name, diagnostics, planned?.Obstacles ?? [], planned?.Plan, null, []);
    }

    public RunReport Down(string name, bool force = false) => Locked(name, () => DownLocked(name, force));

    private RunReport DownLocked(string name, bool force)
    {
        // Inside for the sake of others: no reason to keep the namespace.
        ForwardRecord.End(host.Paths, name);
        var record = host.Store.Load(name);
        var observed = host.Observer.Observe(name, record, new Scope([], [], Ruleset: false, Processes: true, Devices: false));
        var planned = Planner.Down(observed, force);
        if (planned.Plan is not { } plan)
        {
            return new RunReport(name, [], planned.Obstacles, null, null, []);
        }

        using var keys = KeyRing.Empty();
        using var machine = new LinuxMachine(host.Paths, keys, host.Devices);
        var result = new Executor(machine, host.Store, observer).TearDown(plan);
        return new RunReport(name, [], [], plan, result, plan.Outcome is not null && record?.Holder is null ? observed.Processes : []);
    }

    /// <summary>The lock's file stays only as long as there is something to lock.</summary>
    private T Locked<T>(string name, Func<T> run)
    {
        using var guard = host.Lock(name);
        try
        {
            return run();
        }
        finally
        {
            if (!host.Store.Has(name))
            {
                host.Store.Delete(name);
                EtcTree.Remove(host.Paths, name);
                guard.Remove();
            }
        }
    }

    private (ImmutableArray<Diagnostic> Diagnostics, PlanResult? Planned) Decide(
        NamespaceConfig config, KeyRing keys, bool adopt, bool strict)
    {
        var record = host.Store.Load(config.Name);
        var observed = host.Observer.Observe(config.Name, record, host.ScopeOf(config));
        var diagnostics = new List<Diagnostic>();
        var desired = host.Resolver.Resolve(config, keys, record, diagnostics, strict);
        return ([.. diagnostics], desired is null ? null : Planner.Up(desired, observed, adopt));
    }
}
