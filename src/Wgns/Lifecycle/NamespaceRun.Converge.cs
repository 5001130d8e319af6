using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Lifecycle;

/// <summary>What a converging run found and did.</summary>
/// <param name="Report">Null where another command changed the namespace meanwhile, and nothing was done.</param>
/// <param name="Observed">The state before; null where nobody looked.</param>
public sealed record Convergence(RunReport? Report, ObservedState? Observed)
{
    /// <summary>Whether something was to be done, and was.</summary>
    public bool Changed => Report is { Succeeded: true, Plan.IsEmpty: false };
}

/// <summary>Converging again and again, for a supervisor.</summary>
public sealed partial class NamespaceRun
{
    /// <summary>
    /// <see cref="Up"/> for who stays: names that are not known leave their endpoints unset, and an empty plan leaves the
    /// record alone, whose change others take for a sign.
    /// </summary>
    /// <param name="adapt">Has the last word on what is wanted, from what is there.</param>
    /// <param name="stamp">Tells whether somebody else wrote the record since the last run of ours.</param>
    /// <param name="stop">Ends a hook of the way up that is waited for, which undoes the run; nothing else.</param>
    internal Convergence Converge(
        NamespaceConfig config, KeyRing keys, Func<DesiredState, ObservedState, DesiredState> adapt, RecordStamp stamp, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Locked(config.Name, config, () =>
        {
            if (!stamp.IsOurs())
            {
                return new Convergence(null, null);
            }

            var result = ConvergeLocked(config, keys, adapt, stop);
            result = HasLostDevice(result.Report?.Result) ? ConvergeLocked(config, keys, adapt, stop) : result;
            stamp.Take();
            return result;
        });
    }

    private Convergence ConvergeLocked(
        NamespaceConfig config, KeyRing keys, Func<DesiredState, ObservedState, DesiredState> adapt, CancellationToken stop)
    {
        var record = host.Store.Load(config.Name);
        var observed = Look(config.Name, record, host.ScopeOf(config));
        var diagnostics = new List<Diagnostic>();
        var desired = host.ResolverFor(config, diagnostics)?.Resolve(config, keys, record, diagnostics, strict: false);

        // Its warnings are of names that are not known yet, which the supervisor knows best itself.
        diagnostics.RemoveAll(d => d.Severity != Severity.Error);
        var wanted = desired is null ? null : adapt(desired, observed);
        var planned = wanted is null ? null : Planner.Up(wanted, observed);
        if (planned?.Plan is not { } plan)
        {
            // What is in the way of the rest is not in the way of the rules.
            var loaded = wanted is not null && Planner.Rules(wanted, observed) is { } rules ? Run(rules) : null;
            var failed = loaded is { Succeeded: true } ? null : loaded;
            return new Convergence(new RunReport(config.Name, [.. diagnostics], planned?.Obstacles ?? [], null, failed, []), observed);
        }

        if (plan.IsEmpty && record is not null && record.Config == config.Source)
        {
            return new Convergence(new RunReport(config.Name, [], [], plan, RunResult.Success, []), observed);
        }

        return new Convergence(new RunReport(config.Name, [.. diagnostics], [], plan, Run(plan), []), observed);

        RunResult Run(Plan todo)
        {
            // Never interrupted: it takes a moment, and who asks us to end wants everything left as it is.
            using var machine = new LinuxMachine(host.Paths, keys, host.Devices) { Stop = stop };
            return new Executor(machine, host.Store, observer).Apply(todo, CancellationToken.None);
        }
    }
}
