using System.Collections.Immutable;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// Makes and takes down the veth pair between host and namespace. A pair that is not as it should be is made anew: its addresses
/// are its identity, and half of one is none. The rules of both ends stand before it does, and outlive it.
/// </summary>
internal static class HostLinkPlan
{
    /// <summary>What the record owns and the configuration no longer wants, or under other names.</summary>
    internal static IEnumerable<Step> TakeDownStale(DesiredState desired, ObservedState observed)
    {
        // A run that was to rename one end, and was killed before it did, has left the wanted pair under a name of both.
        var live = desired.HostLink is { } link && IsAsWanted(link, observed) ? link.Name : null;
        var stale = (observed.Record?.HostLinks ?? []).Where(r => r.Name != desired.HostLink?.Name).SelectMany(r => TakeDown(
            r.Name,
            observed,
            keepsTable: r.Name.Table == desired.HostLink?.Name.Table,
            keepsPair: live is not null && (r.Name.HostIfname == live.HostIfname || r.Name.Ifname == live.Ifname)));
        return ForwardingPlan.PutBack(observed, ForwardingPlan.Kept(desired, observed)).Concat(stale);
    }

    /// <summary>The link first: without it its rules keep nothing from anybody.</summary>
    internal static IEnumerable<Step> TakeDown(HostLinkName name, ObservedState observed, bool keepsTable = false, bool keepsPair = false)
    {
        if (!keepsPair && Pair(name, observed) is { } there)
        {
            yield return Delete(name, observed, there);
        }

        if (!keepsTable && observed.Outside.Tables.TryGetValue(name.Table, out var listing))
        {
            yield return new Step(new DeleteHostRules(name.Table), new LoadHostRules(name.Table, RulesListing.Loadable(listing)));
        }
    }

    internal static IEnumerable<Step> Raise(DesiredState desired, ObservedState observed)
    {
        if (desired.HostLink is not { } link)
        {
            yield break;
        }

        var rules = ForwardingPlan.Rules(link, desired, observed);
        var differ = RulesDiffer(link, rules, observed);
        if (differ)
        {
            Operation undo = observed.Outside.Tables.TryGetValue(link.Name.Table, out var listing)
                ? new LoadHostRules(link.Name.Table, RulesListing.Loadable(listing))
                : new DeleteHostRules(link.Name.Table);
            yield return new Step(new LoadHostRules(link.Name.Table, rules), undo);
        }

        var isNew = !IsAsWanted(link, observed);
        if (isNew)
        {
            if (Owns(link.Name, observed) && Pair(link.Name, observed) is { } there)
            {
                yield return Delete(link.Name, observed, there);
            }

            yield return new Step(
                new CreateHostLink(observed.Name, link.Name, link.HostAddresses, link.NamespaceAddresses), new DeleteHostLink(observed.Name, link.Name));
        }
        else
        {
            // By the link nothing is reached but its own network.
            foreach (var route in Routes(link, observed))
            {
                yield return new Step(new RemoveRoute(observed.Name, link.Name.Ifname, route), new AddRoute(observed.Name, link.Name.Ifname, route));
            }
        }

        foreach (var step in ForwardingPlan.TurnOn(link, desired, observed, isNew))
        {
            yield return step;
        }

        // Last: until the link stands, a packet that is led inside goes astray, and its conversation with it.
        if ((differ || isNew) && !link.Udp.IsEmpty)
        {
            yield return new Step(new ForgetCallers(link.Udp));
        }
    }

    internal static HostLinkRecord? RecordOf(DesiredState desired, ObservedState observed) =>
        desired.HostLink is not { } link ? null
        : RulesDiffer(link, ForwardingPlan.Rules(link, desired, observed), observed) ? new HostLinkRecord(link.Name, null, null)
        : Recorded(link.Name, observed);

    internal static IEnumerable<Obstacle> Obstacles(DesiredState desired, ObservedState observed)
    {
        foreach (var obstacle in ForwardingPlan.Obstacles(desired, observed))
        {
            yield return obstacle;
        }

        if (desired.HostLink is not { } link || Owns(link.Name, observed))
        {
            yield break;
        }

        // By either name, since a changed one leaves the other end as it was.
        if (observed.Outside.Link(link.Name.HostIfname) is not null && observed.Record?.HostLinks.Any(r => r.Name.HostIfname == link.Name.HostIfname) != true)
        {
            yield return new Obstacle($"link {link.Name.HostIfname} exists already on the host and was not made by wgns", "set another hostInterface in [hostLink]");
        }

        if (observed.Link(link.Name.Ifname) is not null && observed.Record?.HostLinks.Any(r => r.Name.Ifname == link.Name.Ifname) != true)
        {
            yield return new Obstacle(
                $"link {link.Name.Ifname} exists already in namespace {observed.Name} and was not made by wgns", "set another nsInterface in [hostLink]");
        }
    }

    /// <summary>Whether both ends are as they should be; the rules are another matter.</summary>
    internal static bool IsAsWanted(DesiredHostLink link, ObservedState observed) =>
        Owns(link.Name, observed)
        && IsEnd(observed.Outside.Link(link.Name.HostIfname), link.HostAddresses)
        && IsEnd(observed.Link(link.Name.Ifname), link.NamespaceAddresses);

    private static bool IsEnd(ObservedLink? end, ImmutableArray<Cidr> addresses) =>
        end is { Kind: LinkKind.Veth, IsUp: true } && end.Addresses.ToHashSet().SetEquals(addresses);

    private static IEnumerable<Cidr> Routes(DesiredHostLink link, ObservedState observed) =>
        observed.Link(link.Name.Ifname)!.Routes.Where(r => r.IsOurs).Select(r => r.Destination);

    private static bool RulesDiffer(DesiredHostLink link, string rules, ObservedState observed) =>
        Recorded(link.Name, observed)?.RulesText != RulesetPlan.Digest(rules)
        || !observed.Outside.Tables.TryGetValue(link.Name.Table, out var listing)
        || RulesetPlan.DigestOfListing(listing) != Recorded(link.Name, observed)!.RulesListing;

    private static bool Owns(HostLinkName name, ObservedState observed) => Recorded(name, observed) is not null;

    private static HostLinkRecord? Recorded(HostLinkName name, ObservedState observed) => observed.Record?.HostLinks.FirstOrDefault(r => r.Name == name);

    /// <summary>An end of it that is there, or what of it is: null where neither is.</summary>
    private static (ObservedLink? Host, ObservedLink? Inside)? Pair(HostLinkName name, ObservedState observed)
    {
        var host = observed.Outside.Link(name.HostIfname) is { Kind: LinkKind.Veth } h ? h : null;
        var inside = Ownership.OwnsNetns(observed) && observed.Link(name.Ifname) is { Kind: LinkKind.Veth } i ? i : null;
        return host is null && inside is null ? null : (host, inside);
    }

    private static Step Delete(HostLinkName name, ObservedState observed, (ObservedLink? Host, ObservedLink? Inside) there) => new(
        new DeleteHostLink(observed.Name, name),
        there is { Host: { } host, Inside: { } inside } ? new CreateHostLink(observed.Name, name, host.Addresses, inside.Addresses) : null);
}
