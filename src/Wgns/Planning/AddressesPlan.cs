using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// The addresses of a live link. The kernel takes secondary IPv4 addresses away with the first one of their subnet
/// (unless promote_secondaries is set), so what shares a subnet with one that goes is taken away by name and added anew.
/// Of IPv6 it keeps an address once, whatever its prefix: with another prefix it comes when the former has gone.
/// </summary>
internal static class AddressesPlan
{
    internal static IEnumerable<Step> Change(DesiredInterface item, ObservedLink link, string name)
    {
        var going = Going(item, link);
        var missing = item.Addresses.Where(a => !link.Addresses.Contains(a) || going.Contains(a)).ToList();

        // New ones first, where that can be: a link that loses its last IPv4 address loses its IPv4 routes.
        return missing.Where(a => !ComesAfter(a, going)).Select(Add)
            .Concat(going.Reverse().Select(Remove))
            .Concat(missing.Where(a => ComesAfter(a, going)).Select(Add));

        Step Add(Cidr a) => new(new AddAddress(name, item.Ifname, a), new RemoveAddress(name, item.Ifname, a));
        Step Remove(Cidr a) => new(new RemoveAddress(name, item.Ifname, a), new AddAddress(name, item.Ifname, a));
    }

    /// <summary>
    /// Whether in the middle of the change, or at the end of its undoing, the link loses its last IPv4 address, and with
    /// it, to the kernel's mind, its IPv4 routes.
    /// </summary>
    internal static bool FlushesRoutes(DesiredInterface item, ObservedLink link)
    {
        var going = Going(item, link);
        return link.Addresses.All(a => a.IsIPv6)
            ? item.Addresses.Any(a => !a.IsIPv6)
            : going.Any(a => !a.IsIPv6)
            && !item.Addresses.Any(a => !a.IsIPv6 && !going.Contains(a) && !ComesAfter(a, going));
    }

    private static ImmutableArray<Cidr> Going(DesiredInterface item, ObservedLink link)
    {
        // The kernel gives a link fe80:: addresses of its own; they are nobody's drift.
        var unwanted = link.Addresses
            .Where(a => !item.Addresses.Contains(a) && !a.Address.IsIPv6LinkLocal)
            .ToImmutableArray();
        return [.. link.Addresses.Where(a => unwanted.Contains(a) || ComesAfter(a, unwanted))];
    }

    /// <summary>Whether one of those that go takes it along, or stands in its way.</summary>
    private static bool ComesAfter(Cidr address, ImmutableArray<Cidr> going) =>
        going.Any(g => address.IsIPv6 ? g.Address.Equals(address.Address) : g.Masked() == address.Masked());
}
