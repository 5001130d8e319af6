using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Confinement;
using Wgns.Diagnostics;
using Wgns.Execution;
using Wgns.Linux.Namespaces;
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
    private const int MostRenumberings = 3;

    /// <summary>Whether keys that are credentials stay as devices have them: a supervisor runs, and decides on them.</summary>
    public bool KeepsCredentials { get; init; }

    public RunReport Up(NamespaceConfig config, KeyRing keys, bool adopt = false, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(keys);
        return Locked(config.Name, config, () => Renumbered(config, UpLocked(config, keys, adopt, stop), () => UpLocked(config, keys, adopt, stop)));
    }

    /// <summary>
    /// Another run may have had its host link numbered at the same time as this one, and each found the same network free. Now
    /// that both links are there, each sees the other, and the later has itself numbered anew.
    /// </summary>
    private static RunReport Renumbered(NamespaceConfig config, RunReport report, Func<RunReport> again)
    {
        var isNumbered = config.HostLink is { HostAddresses.IsEmpty: true };
        for (var i = 0; i < MostRenumberings && isNumbered && report.Succeeded && report.Plan!.Steps.Any(s => s.Do is CreateHostLink); i++)
        {
            if (again() is not { Plan.IsEmpty: false } next)
            {
                return report;
            }

            report = next;
        }

        return report;
    }

    private RunReport UpLocked(NamespaceConfig config, KeyRing keys, bool adopt, CancellationToken stop)
    {
        var report = UpOnce(config, keys, adopt, stop);
        return HasLostDevice(report.Result) ? UpOnce(config, keys, adopt, stop) : report;
    }

    /// <summary>An engine that was ending when it was looked at has taken its device along: the next look finds none to go on with.</summary>
    private static bool HasLostDevice(RunResult? result) =>
        result is { Failures: [{ Operation: StartEngine { Device: not null } }], UndoFailures.IsEmpty: true };

    private RunReport UpOnce(NamespaceConfig config, KeyRing keys, bool adopt, CancellationToken stop)
    {
        var (diagnostics, planned) = Decide(config, keys, adopt, strict: true);
        if (planned?.Plan is not { } plan)
        {
            return new RunReport(config.Name, diagnostics, planned?.Obstacles ?? [], null, null, []);
        }

        using var machine = new LinuxMachine(host.Paths, keys, host.Devices) { Stop = stop };
        machine.Prepare(plan);
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

    /// <param name="isShared">The configuration says that somebody else makes the namespace, who keeps it.</param>
    public RunReport Down(string name, bool force = false, bool isShared = false) => DownWhen(() => true, name, force, isShared)!;

    /// <summary><see cref="Down"/>, where something holds that is asked when nobody else can change the namespace any more.</summary>
    /// <returns>Null where it is not due, and nothing was done.</returns>
    public RunReport? DownWhen(Func<bool> isDue, string name, bool force = false, bool isShared = false)
    {
        ArgumentNullException.ThrowIfNull(isDue);
        return Locked(name, null, () => isDue() ? DownLocked(name, force, isShared) : null);
    }

    private RunReport DownLocked(string name, bool force, bool isShared)
    {
        // Inside for the sake of others: no reason to keep the namespace.
        ForwardRecord.End(host.Paths, name);
        var record = host.Store.Load(name);
        var observed = Look(name, record, TeardownScope(record));
        var planned = Planner.Down(observed, force, isShared);
        if (planned.Plan is not { } plan)
        {
            return new RunReport(name, [], planned.Obstacles, null, null, []);
        }

        using var keys = KeyRing.Empty();
        using var machine = new LinuxMachine(host.Paths, keys, host.Devices);
        var result = new Executor(machine, host.Store, observer).TearDown(plan);
        return new RunReport(name, [], [], plan, result, plan.Outcome is not null && record?.Holder is null ? observed.Processes : []);
    }

    private static Scope TeardownScope(StateRecord? record) => new([], [], Ruleset: false, Processes: new ProcessSurvey(), Devices: false)
    {
        Sysctls = record?.Shared is { } shared ? _ => shared.Sysctls.Select(s => s.Key) : null,
    };

    /// <summary>The lock's file stays only as long as there is something to lock.</summary>
    private T Locked<T>(string name, NamespaceConfig? config, Func<T> run)
    {
        using var guard = host.Lock(name);
        using var standby = NetnsThread.Standby();
        try
        {
            return WithLinks(name, config, run);
        }
        finally
        {
            if (!host.Store.Has(name))
            {
                host.Store.Delete(name);
                EtcTree.Remove(host.Paths, name);
                File.Delete(host.Paths.HookLog(name)); // of a run that was killed
                guard.Remove();
            }
        }
    }

    private (ImmutableArray<Diagnostic> Diagnostics, PlanResult? Planned) Decide(
        NamespaceConfig config, KeyRing keys, bool adopt, bool strict)
    {
        var record = host.Store.Load(config.Name);
        var observed = Look(config.Name, record, host.ScopeOf(config));
        var diagnostics = new List<Diagnostic>();
        var desired = host.ResolverFor(config, diagnostics)?.Resolve(config, keys, record, diagnostics, strict);
        return ([.. diagnostics], desired is null ? null : Planner.Up(KeepsCredentials ? KeptCredentials.Apply(desired, observed) : desired, observed, adopt));
    }
}
