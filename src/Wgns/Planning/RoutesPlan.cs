using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The routes of live links: those that go first, over all links, then those that come.</summary>
internal static class RoutesPlan
{
    internal static IEnumerable<Step> Remove(DesiredInterface item, ObservedState observed) =>
        InterfacePlan.Stands(item, observed) && observed.Link(item.Ifname) is { } link
            ? from route in link.Routes
              where Goes(route, item, link)
              select new Step(
                  new RemoveRoute(observed.Name, item.Ifname, route.Destination),
                  new AddRoute(observed.Name, item.Ifname, route.Destination))
            : [];

    /// <summary>
    /// The routes that are ours to make. The kernel makes the one to an address's subnet (none for an IPv4 /32) when the
    /// link is up; one of ours would meet EEXIST in IPv4, and in IPv6 stand beside it.
    /// </summary>
    internal static IEnumerable<Cidr> Wanted(DesiredInterface item) =>
        item.Routes.Where(r => !item.Addresses.Any(a => (a.IsIPv6 || a.PrefixLength < 32) && a.Masked() == r));

    internal static IEnumerable<Step> Add(DesiredInterface item, ObservedLink link, string name) =>
        from destination in Wanted(item)

        // The kernel's own route of that name does not count: its address is not wanted, and it goes with it.
        where !link.Routes.Any(r => r.IsOurs && r.Destination == destination && !Goes(r, item, link))
        select new Step(
            new AddRoute(name, item.Ifname, destination),
            new RemoveRoute(name, item.Ifname, destination));

    private static bool Goes(ObservedRoute route, DesiredInterface item, ObservedLink link) =>
        route.IsOurs
        && (!item.Routes.Contains(route.Destination)
            || (!route.Destination.IsIPv6 && AddressesPlan.FlushesRoutes(item, link)));
}
