using System.Collections.Immutable;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>Takes down what the record owns: the way out first, the name last.</summary>
internal static class TeardownPlan
{
    /// <param name="isShared">The configuration says that somebody else makes the namespace: without a record there is nothing to do.</param>
    internal static PlanResult Of(ObservedState observed, bool force, bool isRelease, bool isShared = false)
    {
        if (observed.Record is not { } record)
        {
            return observed.Netns == NetnsPresence.Absent || isShared
                ? PlanResult.Of(new Plan(observed.Name, [], null, null, null))
                : new PlanResult(null, [NotOurs(observed)]);
        }

        var ownsNetns = Ownership.OwnsNetns(observed);
        var stays = ownsNetns && record.Shared is null && !isRelease && (record.Holder is not null || (!observed.Processes.IsEmpty && !force));
        var postDown = HooksPlan.Down(observed, HookPhase.PostDown).ToImmutableArray();

        // A hook, and whoever is inside, is to find the tunnel's link gone.
        var linksGo = ownsNetns && record.Shared is null && !stays && observed.Processes.IsEmpty && postDown.IsEmpty;
        var steps = ImmutableArray.CreateBuilder<Step>();
        steps.AddRange(HooksPlan.Down(observed, HookPhase.PreDown));
        steps.AddRange(record.Interfaces.SelectMany(i =>
            InterfacePlan.TakeDown(i, ownsNetns ? observed : observed with { Links = [] }, linksGo)));
        steps.AddRange(ForwardingPlan.PutBack(observed, []));
        steps.AddRange(record.HostLinks.SelectMany(l => HostLinkPlan.TakeDown(l.Name, observed)));
        steps.AddRange(postDown);
        if (stays)
        {
            // Whoever holds it has services in it that must not lose it, or get another of the same name.
            // A later up gives the processes their network back; until then they are in a closed namespace.
            return PlanResult.Of(new Plan(observed.Name, steps.ToImmutable(), record, new Outcome([], record.Files, []), record));
        }

        if (record.Shared is not null)
        {
            // Whoever is inside was there before, or is its maker's business: it is as it was.
            steps.AddRange(SharedPlan.GiveBack(observed));
            ownsNetns = false;
        }

        steps.AddRange(record.Files.Where(f => Ownership.IsRegular(observed, f)).Select(f => new Step(new RemoveFile(f))));
        steps.AddRange(record.Directories.Reverse().Where(d => Ownership.IsDirectory(observed, d)).Select(d => new Step(new RemoveDirectory(d))));
        if (ownsNetns && observed.Netns is (NetnsPresence.Present or NetnsPresence.StaleFile))
        {
            steps.Add(new Step(new DeleteNetns(observed.Name)));
        }

        return PlanResult.Of(new Plan(observed.Name, steps.ToImmutable(), record, null, record));
    }

    private static Obstacle NotOurs(ObservedState observed) => new(
        $"namespace {observed.Name} was not made by wgns, so it stays",
        $"remove it with `ip netns delete {observed.Name}`");
}
