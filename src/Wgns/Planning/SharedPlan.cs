using System.Collections.Immutable;
using Wgns.Firewall;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// What is different in a netns that somebody else made and keeps (managed = false): it must be there, one table of it and some
/// settings are ours, and all of that is put back.
/// </summary>
internal static class SharedPlan
{
    internal static IEnumerable<Obstacle> Obstacles(DesiredState desired, ObservedState observed, bool adopt)
    {
        var own = Planning.Obstacles.Directories(desired, observed).Concat(Planning.Obstacles.NotFiles(desired, observed));
        return
        [
            .. OfNetns(desired, observed),
            .. adopt ? own.Concat(Planning.Obstacles.UnusableLinks(desired, observed)) : Planning.Obstacles.OfFiles(desired, observed).Concat(Theirs(desired, observed)),
            .. Routes(desired, observed),
            .. HostLinkPlan.Obstacles(desired, observed),
        ];
    }

    /// <summary>One that somebody else made, and that the configuration now says is wgns's to make.</summary>
    internal static IEnumerable<Obstacle> NotMade(ObservedState observed)
    {
        if (observed is { Netns: NetnsPresence.Present, Record.Shared: not null } && Ownership.OwnsNetns(observed))
        {
            yield return new Obstacle(
                $"namespace {observed.Name} was made by somebody else, and wgns is in it with managed = false",
                $"`wgns down {observed.Name}` first; then that one has to go before wgns makes its own");
        }
    }

    /// <summary>What `hold` does where it has nothing to hold: rules and DNS files before there is a tunnel.</summary>
    internal static PlanResult Close(DesiredState desired, ObservedState observed)
    {
        ImmutableArray<Obstacle> obstacles = [.. Obstacles(desired, observed, adopt: false)];
        if (!obstacles.IsEmpty)
        {
            return new PlanResult(null, obstacles);
        }

        var isAgain = observed.Record is not null && Ownership.OwnsNetns(observed);
        var steps = ImmutableArray.CreateBuilder<Step>();
        steps.AddRange(isAgain ? [] : HostLinkPlan.TakeDownStale(desired, observed));
        steps.AddRange(isAgain ? [] : InterfacePlan.TakeDownStale([], WithoutOthers(desired, observed)));
        var reloads = RulesetPlan.IsNeeded(desired, observed);
        steps.AddRange(ClosingPlan.Steps(desired, observed, isFresh: false, reloads));
        var intent = Planner.Intent(desired, [], observed, reloads) with { Hooks = isAgain ? observed.Record?.Hooks : null };
        return PlanResult.Of(new Plan(desired.Name, steps.ToImmutable(), intent, Outcome.OfHold(intent, desired, isAgain), observed.Record));
    }

    /// <summary>
    /// With the record of a netns that is gone, links in the one that its maker put in its place are none of ours, whatever they
    /// are called.
    /// </summary>
    internal static ObservedState WithoutOthers(DesiredState desired, ObservedState observed) =>
        desired.IsManaged || Ownership.OwnsNetns(observed) ? observed : observed with { Links = [] };

    internal static SharedRecord? RecordOf(DesiredState desired, ObservedState observed) => desired.IsManaged
        ? null
        : new SharedRecord(
            !observed.LoopbackUp || (Ownership.OwnsNetns(observed) && observed.Record?.Shared is { RaisedLoopback: true }),
            SysctlPlan.Recorded(desired, observed));

    /// <summary>Rules last of what closes, settings and lo as they were.</summary>
    internal static IEnumerable<Step> GiveBack(ObservedState observed)
    {
        if (observed.Netns != NetnsPresence.Present || !Ownership.OwnsNetns(observed))
        {
            yield break;
        }

        yield return new Step(new DeleteRuleset(observed.Name));
        foreach (var step in SysctlPlan.PutBack(observed))
        {
            yield return step;
        }

        if (observed.Record!.Shared!.RaisedLoopback && observed.LoopbackUp)
        {
            yield return new Step(new SetLoopbackDown(observed.Name));
        }
    }

    private static IEnumerable<Obstacle> OfNetns(DesiredState desired, ObservedState observed)
    {
        if (observed.Netns == NetnsPresence.Foreign)
        {
            return Planning.Obstacles.OfNetns(observed);
        }

        if (observed.Netns != NetnsPresence.Present)
        {
            return
            [
                new Obstacle(
                    $"there is no namespace {desired.Name}, and with managed = false somebody else makes it",
                    $"make it first (`ip netns add {desired.Name}`, or start what does), or take managed = false out: then wgns makes it"),
            ];
        }

        return observed.Record is { Shared: null } && Ownership.OwnsNetns(observed)
            ?
            [
                new Obstacle(
                    $"namespace {desired.Name} was made by wgns, and the configuration says managed = false",
                    $"`wgns down {desired.Name}` first, or take managed = false out"),
            ]
            : [];
    }

    // Of a record that is not of this netns nothing in it is ours.
    private static IEnumerable<Obstacle> Theirs(DesiredState desired, ObservedState observed)
    {
        var record = Ownership.OwnsNetns(observed) ? observed.Record : null;
        if (record is null && observed.RulesetListing is { Length: > 0 })
        {
            yield return new Obstacle(
                $"table {DefaultRuleset.Table} exists already in namespace {desired.Name} and was not made by wgns",
                $"remove it with `ip netns exec {desired.Name} nft delete table {DefaultRuleset.Table}`, or have it replaced with `wgns up --adopt`");
        }

        foreach (var link in Planning.Obstacles.Links(desired, observed, record))
        {
            yield return link;
        }
    }

    // Theirs would win over ours, or be the one that there can be with its metric.
    private static IEnumerable<Obstacle> Routes(DesiredState desired, ObservedState observed) =>
        from item in desired.Interfaces
        from destination in RoutesPlan.Wanted(item)
        from link in observed.Links
        where desired.Interfaces.All(i => i.Ifname != link.Ifname) && observed.Record?.Interface(link.Ifname) is null
        from route in link.Routes
        where route.Destination == destination && route.Metric <= RoutesPlan.Metric(desired, destination)
        select new Obstacle(
            $"namespace {desired.Name} has a route to {destination} by {link.Ifname} already, which is not wgns's",
            $"give it a metric above {RoutesPlan.Metric(desired, destination)} or remove it (`ip -n {desired.Name} route`), or leave that network out of allowedIPs or routes");
}
