using System.Collections.Immutable;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The netns that `hold` is to give a name: the one that it was started in.</summary>
/// <param name="Holder">For the record and for people: a unit's name.</param>
/// <param name="IsMachines">It is the machine's own, that of process 1.</param>
/// <param name="OpenLinks">Names of its links that are up, lo left out: each is a way out that no rule guards yet.</param>
public sealed record Holding(string Holder, NetnsIdentity Own, bool IsMachines, ImmutableArray<string> OpenLinks);

/// <summary>Names and closes a netns that another, systemd, made and keeps; and takes all of that back.</summary>
internal static class HoldPlan
{
    internal static PlanResult Of(DesiredState desired, ObservedState observed, Holding holding)
    {
        if (!desired.IsManaged)
        {
            return SharedPlan.Close(desired, observed);
        }

        // Started a second time in the same netns it makes good what is missing, and leaves a tunnel alone.
        var isAgain = observed is { Netns: NetnsPresence.Present, Record: { } there }
            && observed.NetnsIdentity == holding.Own
            && there.IsOf(holding.Own, observed.NetnsCookie)
            && (there.Holder is null || there.Holder == holding.Holder);
        ImmutableArray<Obstacle> obstacles =
        [
            .. isAgain ? [] : OwnNetns(holding),
            .. isAgain ? [] : Name(observed),
            .. Obstacles.OfFiles(desired, observed),
        ];
        if (!obstacles.IsEmpty)
        {
            return new PlanResult(null, obstacles);
        }

        var steps = ImmutableArray.CreateBuilder<Step>();
        if (!isAgain)
        {
            // The netns of the record is gone, but an engine that a crash left may still run, and rules of the host stand.
            steps.AddRange(HostLinkPlan.TakeDownStale(desired, observed));
            steps.AddRange(InterfacePlan.TakeDownStale([], observed));
            steps.AddRange(ClosingPlan.TakeDownStaleName(desired, observed));
            steps.Add(new Step(new NameOwnNetns(desired.Name), new DeleteNetns(desired.Name)));
        }

        var reloads = RulesetPlan.IsNeeded(desired, observed);
        steps.AddRange(ClosingPlan.Steps(desired, observed, isFresh: !isAgain, reloads));
        var intent = Planner.Intent(desired, [], observed, reloads) with { Holder = holding.Holder, Hooks = isAgain ? observed.Record?.Hooks : null };
        return PlanResult.Of(new Plan(desired.Name, steps.ToImmutable(), intent, Outcome.OfHold(intent, desired, isAgain), observed.Record));
    }

    internal static PlanResult Release(ObservedState observed, string? holder)
    {
        if (observed.Record is not { } record)
        {
            return PlanResult.Of(new Plan(observed.Name, [], null, null, null));
        }

        if (record is { Holder: null, Shared: null })
        {
            return new PlanResult(
                null, [new Obstacle($"nobody holds namespace {observed.Name}: `wgns up` made it", $"`wgns down {observed.Name}` takes it down")]);
        }

        return holder is not null && holder != record.Holder && record.Shared is null
            ? new PlanResult(
                null, [new Obstacle($"namespace {observed.Name} is held by {record.Holder}", "it stays; stop that, or release it without a holder's name")])
            : TeardownPlan.Of(observed, force: true, isRelease: true);
    }

    private static IEnumerable<Obstacle> OwnNetns(Holding holding)
    {
        const string Hint = "start it where nothing is yet: by the unit wgns-netns@.service (PrivateNetwork=yes), or `unshare -n wgns hold …`";
        if (holding.IsMachines)
        {
            yield return new Obstacle("`wgns hold` would close the machine's own network namespace", Hint);
        }
        else if (!holding.OpenLinks.IsEmpty)
        {
            yield return new Obstacle(
                $"the network namespace that `wgns hold` was started in has other ways out: {string.Join(", ", holding.OpenLinks)}", Hint);
        }
    }

    private static IEnumerable<Obstacle> Name(ObservedState observed)
    {
        var name = observed.Name;
        if (observed.Netns == NetnsPresence.Present && Ownership.OwnsNetns(observed))
        {
            yield return observed.Record?.Holder is { } holder
                ? new Obstacle($"namespace {name} is held by {holder} already", $"where that has ended, `wgns release {name}` takes away what it left")
                : new Obstacle($"namespace {name} is up already", $"`wgns down {name}` first: a service cannot move from one namespace to another");
        }
        else
        {
            foreach (var obstacle in Obstacles.OfNetns(observed))
            {
                yield return obstacle;
            }
        }
    }
}
