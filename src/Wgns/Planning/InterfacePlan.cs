using System.Collections.Immutable;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>Makes, changes and takes down one WireGuard interface.</summary>
internal static class InterfacePlan
{
    /// <summary>
    /// The interface with the names that an earlier run chose for its engine, so that an engine which is started again
    /// is found where it was.
    /// </summary>
    internal static DesiredInterface Adopted(DesiredInterface item, StateRecord? record) =>
        item.Engine is not null && record?.Interface(item.Ifname)?.Engine is { } engine
            ? item with { Engine = engine with { Program = item.Engine.Program } }
            : item;

    internal static InterfaceRecord RecordOf(DesiredInterface item, StateRecord? before) =>
        new(item.Ifname, item.Engine is null ? null : before?.Interface(item.Ifname)?.Engine ?? item.Engine);

    /// <summary>What the record owns and the configuration no longer wants, or can't go on with as it is.</summary>
    internal static IEnumerable<Step> TakeDownStale(ImmutableArray<DesiredInterface> wanted, ObservedState observed)
    {
        var recorded = observed.Record?.Interfaces ?? [];
        return from record in recorded
               where wanted.FirstOrDefault(w => w.Ifname == record.Ifname) is not { } w || !IsUsable(w, observed)
               from step in TakeDown(record, observed)
               select step;
    }

    internal static IEnumerable<Step> TakeDown(InterfaceRecord record, ObservedState observed)
    {
        if (record.Engine is { } engine)
        {
            yield return new Step(new StopEngine(record.Ifname, engine));
        }

        // A TUN goes with its engine; a kernel device stays until it is deleted, also where the record already
        // speaks of the engine that was to replace it.
        if (observed.Link(record.Ifname) is { Kind: not "tun" })
        {
            yield return new Step(new DeleteLink(observed.Name, record.Ifname));
        }
    }

    /// <summary>Whether the device that is there can be changed into the wanted one without making it anew.</summary>
    private static bool IsUsable(DesiredInterface wanted, ObservedState observed)
    {
        var isKernelLink = observed.Link(wanted.Ifname)?.Kind == "wireguard";
        return wanted.Engine is null
            ? isKernelLink
            : observed.Link(wanted.Ifname) is not null
              && !isKernelLink
              && observed.Engines.GetValueOrDefault(wanted.Ifname) is { IsAlive: true };
    }

    internal static IEnumerable<Step> Raise(DesiredInterface item, ObservedState observed) =>
        IsUsable(item, observed) ? Change(item, observed) : Create(item, observed.Name);

    private static IEnumerable<Step> Create(DesiredInterface item, string name)
    {
        var configure = new ConfigureDevice(name, item.Ifname, item.Engine, DevicePlan.All(item.Device));
        if (item.Engine is { } engine)
        {
            yield return new Step(new StartEngine(item.Ifname, engine), new StopEngine(item.Ifname, engine));
            yield return new Step(configure);
            yield return new Step(new MoveLink(name, engine.TemporaryName, item.Ifname));
            if (engine.Symlink is { } symlink)
            {
                yield return new Step(new LinkSocket(symlink, engine.Socket), new RemoveFile(symlink));
            }

            yield return new Step(new SetMtu(name, item.Ifname, item.Mtu));
        }
        else
        {
            yield return new Step(new CreateLink(name, item.Ifname, item.Mtu), new DeleteLink(name, item.Ifname));
            yield return new Step(configure);
        }

        foreach (var address in item.Addresses)
        {
            yield return new Step(new AddAddress(name, item.Ifname, address));
        }

        yield return new Step(new SetLinkUp(name, item.Ifname));
        foreach (var route in item.Routes)
        {
            yield return new Step(new AddRoute(name, item.Ifname, route));
        }
    }

    private static IEnumerable<Step> Change(DesiredInterface item, ObservedState observed)
    {
        var link = observed.Link(item.Ifname)!;
        var (name, ifname) = (observed.Name, item.Ifname);
        if (observed.Devices.TryGetValue(ifname, out var device)
            && DevicePlan.Difference(item.Device, device) is { IsEmpty: false } patch)
        {
            var back = DevicePlan.Reverse(patch, device);
            yield return new Step(
                new ConfigureDevice(name, ifname, item.Engine, patch),
                back.IsEmpty ? null : new ConfigureDevice(name, ifname, item.Engine, back));
        }

        if (link.Mtu != item.Mtu)
        {
            yield return new Step(new SetMtu(name, ifname, item.Mtu), new SetMtu(name, ifname, link.Mtu));
        }

        foreach (var step in ChangeAddresses(item, link, name).Concat(ChangeRoutes(item, link, name)))
        {
            yield return step;
        }
    }

    private static IEnumerable<Step> ChangeAddresses(DesiredInterface item, ObservedLink link, string name)
    {
        // New ones first: a link that loses its last address loses its routes.
        foreach (var address in item.Addresses.Where(a => !link.Addresses.Contains(a)))
        {
            yield return new Step(
                new AddAddress(name, item.Ifname, address), new RemoveAddress(name, item.Ifname, address));
        }

        // The kernel gives a link fe80:: addresses of its own; they are nobody's drift.
        foreach (var address in link.Addresses.Where(a => !item.Addresses.Contains(a) && !a.Address.IsIPv6LinkLocal))
        {
            yield return new Step(
                new RemoveAddress(name, item.Ifname, address), new AddAddress(name, item.Ifname, address));
        }
    }

    private static IEnumerable<Step> ChangeRoutes(DesiredInterface item, ObservedLink link, string name)
    {
        if (!link.IsUp)
        {
            yield return new Step(new SetLinkUp(name, item.Ifname), new SetLinkDown(name, item.Ifname));
        }

        foreach (var route in item.Routes.Where(r => link.Routes.All(o => o.Destination != r)))
        {
            yield return new Step(new AddRoute(name, item.Ifname, route), new RemoveRoute(name, item.Ifname, route));
        }

        foreach (var route in link.Routes.Where(o => o.IsOurs && !item.Routes.Contains(o.Destination)))
        {
            yield return new Step(
                new RemoveRoute(name, item.Ifname, route.Destination),
                new AddRoute(name, item.Ifname, route.Destination));
        }
    }
}
