using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Publishing;
using Wgns.Resolution;

namespace Wgns.Lifecycle;

/// <summary>hold and release: a netns that was made by somebody else for this process, and goes when that one says so.</summary>
public sealed partial class NamespaceRun
{
    /// <summary>Names the netns that this process is in, and closes it: lo, rules, DNS files, and no interface.</summary>
    /// <param name="holder">Who keeps it from then on; stands in the record.</param>
    public RunReport Hold(NamespaceConfig config, string holder)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(holder);
        return Locked(config.Name, config, () =>
        {
            using var machines = MachinesNetns();
            var observed = Look(config.Name, host.Store.Load(config.Name), host.ScopeOf(config), machines);
            var planned = Planner.Hold(Resolver.Closed(config, host.Paths), observed, HoldingOf(holder, machines));
            return planned.Plan is { } plan
                ? new RunReport(config.Name, [], [], plan, OnMachine(machines, executor => executor.Apply(plan)), [])
                : new RunReport(config.Name, [], planned.Obstacles, null, null, []);
        });
    }

    /// <summary>Takes away what <see cref="Hold"/> made and all that came into it; the report names who is still inside.</summary>
    /// <param name="holder">Leaves alone what another holds; null does not ask.</param>
    public RunReport Release(string name, string? holder) => Locked(name, null, () =>
    {
        ForwardRecord.End(host.Paths, name);
        using var machines = MachinesNetns();
        var record = host.Store.Load(name);
        var observed = Look(name, record, TeardownScope(record), machines);
        var planned = Planner.Release(observed, holder);
        return planned.Plan is { } plan
            ? new RunReport(name, [], [], plan, OnMachine(machines, executor => executor.TearDown(plan)), plan.Before?.Shared is null ? observed.Processes : [])
            : new RunReport(name, [], planned.Obstacles, null, null, []);
    });

    private RunResult OnMachine(Netns? machines, Func<Executor, RunResult> run)
    {
        using var keys = KeyRing.Empty();
        using var machine = new LinuxMachine(host.Paths, keys, host.Devices, machines);
        return run(new Executor(machine, host.Store, observer));
    }

    private static Holding HoldingOf(string holder, Netns? machines)
    {
        using var own = Netns.OfThisThread();
        using var links = Rtnl.Open();
        return new Holding(
            holder,
            own.Identity,
            machines?.Identity == own.Identity,
            [.. links.GetLinks().Where(l => l.IsUp && l.Name != "lo").Select(l => l.Name)]);
    }

    /// <summary>
    /// Where engines' devices come from: this process is inside the namespace, and the machine's netns is that of
    /// process 1. Null where that one cannot be asked, as in a user namespace without a pid namespace.
    /// </summary>
    private static Netns? MachinesNetns()
    {
        try
        {
            return Netns.OfProcess(1);
        }
        catch (KernelException e) when (e.Errno == Errno.EACCES)
        {
            return null;
        }
    }
}
