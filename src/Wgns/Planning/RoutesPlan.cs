using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>The routes of live links: those that go first, over all links, then those that come.</summary>
internal static class RoutesPlan
{
    internal static IEnumerable<Step> Remove(DesiredInterface item, ObservedState observed) =>
        InterfacePlan.IsUsable(item, observed) && observed.Link(item.Ifname) is { } link
            ? from route in link.Routes
              where Goes(route, item, link)
              select new Step(
                  new RemoveRoute(observed.Name, item.Ifname, route.Destination),
                  new AddRoute(observed.Name, item.Ifname, route.Destination))
            : [];

    internal static IEnumerable<Step> Add(DesiredInterface item, ObservedLink link, string name) =>
        from destination in item.Routes
        where !link.Routes.Any(r => r.Destination == destination && !Goes(r, item, link))
        select new Step(
            new AddRoute(name, item.Ifname, destination),
            new RemoveRoute(name, item.Ifname, destination));

    private static bool Goes(ObservedRoute route, DesiredInterface item, ObservedLink link) =>
        route.IsOurs
        && (!item.Routes.Contains(route.Destination)
            || (!route.Destination.IsIPv6 && AddressesPlan.FlushesRoutes(item, link)));
}
