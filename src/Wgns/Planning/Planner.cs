using System.Collections.Immutable;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>Decides everything, and does nothing: from what should be and what is to the operations between.</summary>
public static class Planner
{
    /// <summary>What `up` and `reload` do; a second `up` gets an empty plan.</summary>
    /// <param name="adopt">Takes over a netns, links and files that no record names.</param>
    public static PlanResult Up(DesiredState desired, ObservedState observed, bool adopt = false)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(observed);
        var obstacles = Obstacles.Of(desired, observed, adopt);
        if (!obstacles.IsEmpty)
        {
            return new PlanResult(null, obstacles);
        }

        // With the netns gone, everything that was inside it is gone too, whatever the record says.
        var isFresh = observed.Netns != NetnsPresence.Present;
        var steps = ImmutableArray.CreateBuilder<Step>();
        var interfaces = desired.Interfaces
            .Select(i => InterfacePlan.Adopted(i, observed.Record))
            .ToImmutableArray();

        steps.AddRange(HostLinkPlan.TakeDownStale(desired, observed));
        steps.AddRange(InterfacePlan.TakeDownStale(interfaces, SharedPlan.WithoutOthers(desired, observed)));
        steps.AddRange(ClosingPlan.TakeDownStaleName(desired, observed));
        if (isFresh)
        {
            steps.Add(new Step(new CreateNetns(desired.Name), new DeleteNetns(desired.Name)));
        }

        var reloads = RulesetPlan.IsNeeded(desired, observed);
        steps.AddRange(ClosingPlan.Steps(desired, observed, isFresh, reloads));

        var runsHooks = HooksPlan.AreDue(desired, observed, interfaces);
        steps.AddRange(runsHooks ? HooksPlan.PreUp(desired) : []);

        // Before any is added: a route that moves from one interface to another is one route to the kernel.
        steps.AddRange(interfaces.SelectMany(i => RoutesPlan.Remove(desired, i, observed)));
        steps.AddRange(PortsPlan.GiveUp(desired with { Interfaces = interfaces }, observed));
        foreach (var item in interfaces)
        {
            steps.AddRange(SysctlPlan.TurnOn(desired, item, observed));
            steps.AddRange(InterfacePlan.Raise(desired, item, observed));
            steps.AddRange(SysctlPlan.TurnOff(desired, item, observed));
        }

        steps.AddRange(HostLinkPlan.Raise(desired, observed));
        steps.AddRange(runsHooks ? HooksPlan.PostUp(desired) : []);
        var intent = Intent(desired, interfaces, observed, reloads) with { Hooks = HooksPlan.Record(desired.Hooks, runsHooks) };
        var outcome = new Outcome(
            [.. interfaces.Select(i => i.Ifname)],
            [.. desired.Files.Select(f => f.Path)],
            [.. interfaces.Where(i => i.Engine is null).Select(i => i.Ifname)])
        {
            Hooks = HooksPlan.Record(desired.Hooks, isPending: false),
            Birthplaces = [.. interfaces.Select(i => (i.Ifname, i.Birthplace))],
            HostLinks = desired.HostLink is { } link ? [link.Name] : [],
            Forwarding = ForwardingPlan.Kept(desired, observed),
            LinkPorts = desired.HostLink?.Ports ?? [],
        };
        return PlanResult.Of(new Plan(desired.Name, steps.ToImmutable(), intent, outcome, observed.Record));
    }

    /// <summary>
    /// What a supervisor does where something is in the way of <see cref="Up"/>: rules that somebody took away or changed are put
    /// back, and nothing else is touched. Null where they stand, or are another configuration's.
    /// </summary>
    public static Plan? Rules(DesiredState desired, ObservedState observed)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(observed);
        if (observed is not { Netns: NetnsPresence.Present, Record: { } before }
            || !Ownership.OwnsNetns(observed)
            || before.RulesetText != RulesetPlan.Digest(desired.Ruleset))
        {
            return null;
        }

        var drifted = RulesetPlan.HasDrifted(observed);
        var isHostOpen = desired.HostLink is { } link && before.HostLinks.Any(l => l.Name == link.Name) && !observed.Outside.Tables.ContainsKey(link.Name.Table);
        ImmutableArray<Step> steps =
        [
            .. drifted ? [RulesetPlan.Load(desired, observed)] : Array.Empty<Step>(),
            .. isHostOpen ? HostLinkPlan.Raise(desired, observed).Where(s => s.Do is LoadHostRules) : [],
        ];
        var intent = before with { RulesetListing = drifted ? null : before.RulesetListing };
        return steps.IsEmpty
            ? null
            : new Plan(desired.Name, steps, intent, Outcome.OfHold(intent, desired, isAgain: true) with { Files = before.Files }, before);
    }

    /// <summary>What `hold` does: all of `up` but its interfaces, in a netns that somebody else made for it.</summary>
    public static PlanResult Hold(DesiredState desired, ObservedState observed, Holding holding)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(holding);
        return HoldPlan.Of(desired with { Interfaces = [] }, observed, holding);
    }

    /// <summary>What `release` does: everything goes, whoever is still inside.</summary>
    /// <param name="holder">Leaves alone what is held by another; null does not ask.</param>
    public static PlanResult Release(ObservedState observed, string? holder)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return HoldPlan.Release(observed, holder);
    }

    /// <summary>What `down` does. With processes inside the netns stays for them, closed, unless forced.</summary>
    /// <param name="isShared">The configuration says that somebody else makes the namespace.</param>
    public static PlanResult Down(ObservedState observed, bool force = false, bool isShared = false)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return TeardownPlan.Of(observed, force, isRelease: false, isShared);
    }

    internal static StateRecord Intent(
        DesiredState desired,
        ImmutableArray<DesiredInterface> interfaces,
        ObservedState observed,
        bool reloads)
    {
        var before = observed.Record;
        var ours = interfaces.Select(i => InterfacePlan.RecordOf(i, before)).ToImmutableArray();
        var others = before is null
            ? []
            : before.Interfaces.Where(b => ours.All(o => o.Ifname != b.Ifname)).ToImmutableArray();
        return new StateRecord
        {
            Namespace = desired.Name,
            Config = desired.Source,
            Netns = observed.NetnsIdentity,
            NetnsCookie = observed.NetnsCookie,
            Shared = SharedPlan.RecordOf(desired, observed),
            Holder = desired.IsManaged && observed.Netns == NetnsPresence.Present ? before?.Holder : null,
            Hooks = before?.Hooks,
            RulesetText = reloads ? null : before?.RulesetText,
            RulesetListing = reloads ? null : before?.RulesetListing,
            Files = [.. FilesPlan.Owned(desired, observed)],
            Directories = [.. FilesPlan.OwnedDirectories(desired, observed)],
            Interfaces = [.. others, .. ours],
            Forwarding = ForwardingPlan.Intent(desired, observed),
            LinkPorts = [.. (before?.LinkPorts ?? []).Union(desired.HostLink?.Ports ?? [])],
            HostLinks =
            [
                .. (before?.HostLinks ?? []).Where(l => l.Name != desired.HostLink?.Name),
                .. HostLinkPlan.RecordOf(desired, observed) is { } link ? [link] : Array.Empty<HostLinkRecord>(),
            ],
        };
    }
}
