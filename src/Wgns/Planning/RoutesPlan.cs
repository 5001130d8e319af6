using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The routes of live links: those that go first, over all links, then those that come.</summary>
internal static class RoutesPlan
{
    /// <summary>
    /// RTA_PRIORITY of an IPv6 route in a netns of somebody else's. The kernel gives a router advertisement's 1024 (and of two with one
    /// metric takes that of the router with the higher preference), systemd-networkd 512 to 2048: ours wins. Below 256
    /// (IP6_RT_PRIO_ADDRCONF) it would win over the networks of the maker's own addresses.
    /// </summary>
    internal const uint SharedMetric = 384;

    /// <summary>The metric of a route of ours; 0 leaves it to the kernel.</summary>
    internal static uint Metric(DesiredState desired, Cidr destination) => !desired.IsManaged && destination.IsIPv6 ? SharedMetric : 0;

    internal static IEnumerable<Step> Remove(DesiredState desired, DesiredInterface item, ObservedState observed)
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
                   new AddRoute(observed.Name, item.Ifname, route.Destination) { Metric = Metric(desired, route.Destination) });
    }

    /// <summary>
    /// The routes that are ours to make. The kernel makes the one to an address's subnet (none for an IPv4 /32) when the
    /// link is up; one of ours would meet EEXIST in IPv4, and in IPv6 stand beside it.
    /// </summary>
    internal static IEnumerable<Cidr> Wanted(DesiredInterface item) =>
        item.Routes.Where(r => !item.Addresses.Any(a => (a.IsIPv6 || a.PrefixLength < 32) && a.Masked() == r));

    internal static IEnumerable<Step> Add(DesiredState desired, DesiredInterface item, ObservedLink link)
    {
        var name = desired.Name;

        // The kernel's own route of that name does not count: its address is not wanted, and it goes with it.
        var goes = Going(item, link);
        var staying = link.Routes.Where(r => r.IsOurs && !goes(r) && IsStrong(desired, r)).Select(r => r.Destination).ToHashSet();
        return from destination in Wanted(item)
               where !staying.Contains(destination)
               select new Step(
                   new AddRoute(name, item.Ifname, destination) { Metric = Metric(desired, destination) },
                   new RemoveRoute(name, item.Ifname, destination));
    }

    // One with a weaker metric, as of an earlier version, may stand beside ours, and go with the link.
    private static bool IsStrong(DesiredState desired, ObservedRoute route) =>
        Metric(desired, route.Destination) is var metric && (metric == 0 || route.Metric <= metric);

    // By sets, made once: with thousands of peers each list is long, and one is not to be walked for each of the other.
    private static Func<ObservedRoute, bool> Going(DesiredInterface item, ObservedLink link)
    {
        var wanted = item.Routes.ToHashSet();
        var flushes = AddressesPlan.FlushesRoutes(item, link);
        return route => route.IsOurs && (!wanted.Contains(route.Destination) || (!route.Destination.IsIPv6 && flushes));
    }
}
