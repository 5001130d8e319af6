using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The routes of live links: those that go first, over all links, then those that come.</summary>
internal static class RoutesPlan
{
    internal static IEnumerable<Step> Remove(DesiredInterface item, ObservedState observed)
    {
        if (!InterfacePlan.Stands(item, observed) || observed.Link(item.Ifname) is not { } link)
        {
            return [];
        }

        var goes = Going(item, link);
        return from route in link.Routes
               where goes(route)
               select new Step(
                   new RemoveRoute(observed.Name, item.Ifname, route.Destination),
                   new AddRoute(observed.Name, item.Ifname, route.Destination));
    }

    /// <summary>
    /// The routes that are ours to make. The kernel makes the one to an address's subnet (none for an IPv4 /32) when the
    /// link is up; one of ours would meet EEXIST in IPv4, and in IPv6 stand beside it.
    /// </summary>
    internal static IEnumerable<Cidr> Wanted(DesiredInterface item) =>
        item.Routes.Where(r => !item.Addresses.Any(a => (a.IsIPv6 || a.PrefixLength < 32) && a.Masked() == r));

    internal static IEnumerable<Step> Add(DesiredInterface item, ObservedLink link, string name)
    {
        // The kernel's own route of that name does not count: its address is not wanted, and it goes with it.
        var goes = Going(item, link);
        var staying = link.Routes.Where(r => r.IsOurs && !goes(r)).Select(r => r.Destination).ToHashSet();
        return from destination in Wanted(item)
               where !staying.Contains(destination)
               select new Step(
                   new AddRoute(name, item.Ifname, destination),
                   new RemoveRoute(name, item.Ifname, destination));
    }

    // By sets, made once: with thousands of peers each list is long, and one is not to be walked for each of the other.
    private static Func<ObservedRoute, bool> Going(DesiredInterface item, ObservedLink link)
    {
        var wanted = item.Routes.ToHashSet();
        var flushes = AddressesPlan.FlushesRoutes(item, link);
        return route => route.IsOurs && (!wanted.Contains(route.Destination) || (!route.Destination.IsIPv6 && flushes));
    }
}
