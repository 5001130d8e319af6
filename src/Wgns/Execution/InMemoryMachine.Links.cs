using Wgns.Linux;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>Links inside, with their addresses and routes.</summary>
public sealed partial class InMemoryMachine
{
    private StateRecord ApplyToNetwork(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case SetMtu o:
                Change(o, o.Ifname, l => l with { Mtu = o.Mtu });
                return record;
            case SetLinkUp o:
                Change(o, o.Ifname, l => WithConnected(l with { IsUp = true }));
                return record;
            case SetLinkDown o:
                Change(o, o.Ifname, l => l with { IsUp = false, Routes = [] });
                return record;
            case AddAddress o:
                Change(o, o.Ifname, l => Has(l, o.Address) ? l : WithConnected(l with { Addresses = l.Addresses.Add(o.Address) }));
                return record;
            case RemoveAddress o:
                Change(o, o.Ifname, l => WithConnected(WithoutAddress(l, o.Address)));
                return record;
            case AddRoute o:
                Refuse(State.Link(o.Ifname) is { IsUp: false }, o, Errno.ENETDOWN);
                // One destination with one metric, one route: what another link had goes over to this one.
                State = State with { Links = [.. State.Links.Select(l => WithoutRoute(l, o.Destination, o.Metric))] };
                Change(o, o.Ifname, l => l with { Routes = l.Routes.Add(new ObservedRoute(o.Destination, true, o.Metric)) });
                return record;
            case RemoveRoute o:
                Change(o, o.Ifname, l => WithoutRoute(l, o.Destination));
                return record;
            default:
                throw new NotSupportedException($"the twin does not know {operation.GetType().Name}");
        }
    }

    private void AddLink(string ifname, string kind, int mtu)
    {
        State = State with
        {
            Links = State.Links.Add(new ObservedLink(ifname, ++_lastNumber, kind, mtu, false, [], [])),
            Sysctls = State.Sysctls.SetItems(State.Sysctls
                .Where(s => s.Key.Contains("/default/", StringComparison.Ordinal))
                .Select(s => KeyValuePair.Create(s.Key.Replace("/default/", $"/{ifname}/", StringComparison.Ordinal), s.Value))),
        };
        if (kind == LinkKind.WireGuard)
        {
            SetDevice(ifname, Blank);
        }
    }

    private void RemoveLink(string ifname) => State = State with
    {
        Sysctls = State.Sysctls.RemoveRange(State.Sysctls.Keys.Where(k => k.Contains($"/{ifname}/", StringComparison.Ordinal))),
        Links = State.Links.RemoveAll(l => l.Ifname == ifname),
        Devices = State.Devices.Remove(ifname),
    };

    private void Change(Operation operation, string ifname, Func<ObservedLink, ObservedLink> change)
    {
        var link = State.Link(ifname);
        Refuse(link is null, operation, Errno.ENODEV);
        State = State with { Links = State.Links.Replace(link!, change(link!)) };
    }

    // Of IPv6 a link has an address once, whatever its prefix.
    private static bool Has(ObservedLink link, Cidr address) =>
        link.Addresses.Any(a => a == address || (address.IsIPv6 && a.Address.Equals(address.Address)));

    /// <param name="metric">Null is any.</param>
    private static ObservedLink WithoutRoute(ObservedLink link, Cidr destination, uint? metric = null) =>
        link with { Routes = link.Routes.RemoveAll(r => r.IsOurs && r.Destination == destination && r.Metric == (metric ?? r.Metric)) };

    // The kernel's own routes: to the subnets of the addresses of a link that is up.
    private static ObservedLink WithConnected(ObservedLink link) => link with
    {
        Routes =
        [
            .. link.Routes.Where(r => r.IsOurs),
            .. (link.IsUp ? link.Addresses : [])
                .Where(a => a.IsIPv6 || a.PrefixLength < 32)
                .Select(a => new ObservedRoute(a.Masked(), false))
                .Distinct(),
        ],
    };

    // As net/ipv4/devinet.c does without promote_secondaries: the first address of a subnet takes the others with it,
    // and the last IPv4 address takes the IPv4 routes.
    private static ObservedLink WithoutAddress(ObservedLink link, Cidr address)
    {
        if (address.IsIPv6 || !link.Addresses.Contains(address))
        {
            return link with { Addresses = link.Addresses.Remove(address) };
        }

        var isFirst = link.Addresses.First(a => !a.IsIPv6 && a.Masked() == address.Masked()) == address;
        var left = link.Addresses.RemoveAll(a => a == address || (isFirst && !a.IsIPv6 && a.Masked() == address.Masked()));
        return link with
        {
            Addresses = left,
            Routes = left.Any(a => !a.IsIPv6) ? link.Routes : link.Routes.RemoveAll(r => !r.Destination.IsIPv6),
        };
    }
}
