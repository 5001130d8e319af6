using System.Collections.Immutable;
using System.Net;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Routes.</summary>
public sealed partial class Rtnl
{
    /// <summary>Of the main table: IPv4 first, then IPv6, each in the kernel's order; the kernel's own (Protocol 2) are among them.</summary>
    public ImmutableArray<Route> GetRoutes() => Routes(everyTable: false);

    /// <summary>The same of every table, the kernel's own for what is local among them.</summary>
    public ImmutableArray<Route> GetRoutesOfEveryTable() => Routes(everyTable: true);

    private ImmutableArray<Route> Routes(bool everyTable)
    {
        var routes = ImmutableArray.CreateBuilder<Route>();
        foreach (var family in (ReadOnlySpan<byte>)[Rt.AF_INET, Rt.AF_INET6])
        {
            const string operation = "list routes";
            using var request = RouteEncoding.List(family, everyTable ? Rt.RT_TABLE_UNSPEC : Rt.RT_TABLE_MAIN);
            using var reply = Asking(operation, () => netlink.Dump(request));
            // ENOENT: the table has never been used. EOPNOTSUPP: a kernel without the family.
            reply.Check(operation, Errno.ENOENT, Errno.EOPNOTSUPP);
            foreach (var message in reply)
            {
                if (RouteDecoding.Decode(message, family, everyTable) is { } route)
                {
                    routes.Add(route);
                }
            }
        }

        return routes.ToImmutable();
    }

    /// <returns>None; EEXIST where there is one to the same destination with the same metric.</returns>
    /// <exception cref="KernelException">ENETDOWN (the link is down), ENETUNREACH (the gateway is not on a link) and others.</exception>
    public Errno AddRoute(Link link, Route route)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(route);
        return Run($"add route {Words(link, route)}", RouteEncoding.New(link.Index, route), Errno.EEXIST);
    }

    /// <summary>Deletes the first that fits: same destination, link, gateway and metric where they are given.</summary>
    /// <returns>None; ESRCH where there is no such route; ENODEV or ENETDOWN where the link has gone or is down.</returns>
    public Errno DelRoute(Link link, Route route)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(route);
        var request = RouteEncoding.Delete(link.Index, route);
        return Run($"delete route {Words(link, route)}", request, Errno.ESRCH, Errno.ENODEV, Errno.ENETDOWN);
    }

    /// <summary>Asks which way a packet to an address would go, without sending one.</summary>
    /// <param name="mark">SO_MARK of the packet, which policy routing may look at; 0 is none.</param>
    /// <returns>Null where there is no way: no route, or one that refuses.</returns>
    public RouteLookup? RouteTo(IPAddress address, uint mark = 0)
    {
        ArgumentNullException.ThrowIfNull(address);
        var operation = $"look up the route to {address}";
        using var request = RouteEncoding.Lookup(address, mark);
        using var reply = Asking(operation, () => netlink.Request(request));
        // EHOSTUNREACH, EACCES and EINVAL are how unreachable, prohibit and blackhole routes refuse.
        reply.Check(operation, Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EACCES, Errno.EINVAL);
        foreach (var message in reply)
        {
            if (RouteDecoding.DecodeLookup(message) is { } lookup)
            {
                return lookup;
            }
        }

        return null;
    }

    private static string Words(Link link, Route route)
    {
        var via = route.Gateway is null ? string.Empty : $" via {route.Gateway}";
        return $"{route.Destination}{via} dev {link.Name}";
    }
}
