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
            ? item with { Engine = engine with { Program = item.Engine.Program, Inside = item.Engine.Inside } }
            : item;

    /// <summary>
    /// Names what runs now, or else what will. An engine that the kernel is to replace stays in the record until the
    /// end of the run: forgotten earlier, it would be nobody's after a crash.
    /// </summary>
    internal static InterfaceRecord RecordOf(DesiredInterface item, StateRecord? before) =>
        new(item.Ifname, before?.Interface(item.Ifname)?.Engine ?? item.Engine);

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

        // A TUN goes with its living engine; anything else of that name stays until it is deleted, also where the record
        // already speaks of the engine that was to replace it.
        var goesAlone = observed.Engines.GetValueOrDefault(record.Ifname) is { IsAlive: true };
        if (observed.Link(record.Ifname) is { } link && !(link.Kind == "tun" && goesAlone))
        {
            yield return new Step(new DeleteLink(observed.Name, record.Ifname));
        }
    }

    /// <summary>Whether the device that is there can be changed into the wanted one without making it anew.</summary>
    internal static bool IsUsable(DesiredInterface wanted, ObservedState observed)
    {
        var isKernelLink = observed.Link(wanted.Ifname)?.Kind == "wireguard";
        return wanted.Engine is null
            ? isKernelLink
            : observed.Link(wanted.Ifname) is not null
              && !isKernelLink

              // Another kind of engine cannot go on with what this one began.
              && observed.Record?.Interface(wanted.Ifname)?.Engine is { } running
              && running.Inside is null == wanted.Engine.Inside is null
              && observed.Engines.GetValueOrDefault(wanted.Ifname) is { IsAlive: true, SocketPresent: true };
    }

    internal static IEnumerable<Step> Raise(DesiredInterface item, ObservedState observed) =>
        IsUsable(item, observed) ? Change(item, observed) : Create(item, observed.Name);

    private static IEnumerable<Step> Create(DesiredInterface item, string name)
    {
        // The pid of an engine that ran before is not that of the one to start, and undoing must not go by it.
        var fresh = item.Engine is { } named ? named with { Pid = 0, StartTime = 0 } : null;
        var configure = new ConfigureDevice(name, item.Ifname, fresh, DevicePlan.All(item.Device));
        if (fresh is { } engine)
        {
            yield return new Step(new StartEngine(item.Ifname, engine), new StopEngine(item.Ifname, engine));

            // Before the move, so that after a crash a device that is inside has it. StopEngine takes it away if it is
            // this engine's, and not another's whose name was there first.
            if (engine.Symlink is { } symlink)
            {
                yield return new Step(new LinkSocket(symlink, engine.Socket));
            }

            yield return new Step(configure);
            if (engine.Inside is null)
            {
                yield return new Step(new MoveLink(name, engine.TemporaryName, item.Ifname));
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
        foreach (var route in RoutesPlan.Wanted(item))
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

        if (item.Engine is { Symlink: { } symlink } engine && observed.Engines.GetValueOrDefault(ifname) is { SymlinkPresent: false })
        {
            yield return new Step(new LinkSocket(symlink, engine.Socket), new RemoveFile(symlink));
        }

        if (link.Mtu != item.Mtu)
        {
            yield return new Step(new SetMtu(name, ifname, item.Mtu), new SetMtu(name, ifname, link.Mtu));
        }

        foreach (var step in AddressesPlan.Change(item, link, name))
        {
            yield return step;
        }

        if (!link.IsUp)
        {
            yield return new Step(new SetLinkUp(name, ifname), new SetLinkDown(name, ifname));
        }

        foreach (var step in RoutesPlan.Add(item, link, name))
        {
            yield return step;
        }
    }
}
