using System.Collections.Immutable;
using Wgns.Linux.Rtnetlink;
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
            ? item with { Engine = engine with { Program = item.Engine.Program, Inside = item.Engine.Inside, Birthplace = item.Engine.Birthplace } }
            : item;

    /// <summary>
    /// Names what runs now, or else what will. An engine that the kernel is to replace stays in the record until the
    /// end of the run: forgotten earlier, it would be nobody's after a crash.
    /// </summary>
    internal static InterfaceRecord RecordOf(DesiredInterface item, StateRecord? before) =>
        new(item.Ifname, before?.Interface(item.Ifname)?.Engine ?? item.Engine) { Birthplace = before?.Interface(item.Ifname)?.Birthplace };

    /// <summary>What the record owns and the configuration no longer wants, or can't go on with as it is.</summary>
    internal static IEnumerable<Step> TakeDownStale(ImmutableArray<DesiredInterface> wanted, ObservedState observed)
    {
        var recorded = observed.Record?.Interfaces ?? [];
        return from record in recorded
               let item = wanted.FirstOrDefault(w => w.Ifname == record.Ifname)
               where item is null || !IsUsable(item, observed)
               from step in item is not null && IsLeft(item, observed)
                   ? [new Step(new StopEngine(record.Ifname, record.Engine!) { LeavesDevice = true })]
                   : TakeDown(record, observed)
               select observed.Link(record.Ifname) is null ? step : step with { Lost = $"interface {record.Ifname}" };
    }

    /// <param name="netnsGoes">The netns is deleted by the same plan, and nothing runs in it.</param>
    internal static IEnumerable<Step> TakeDown(InterfaceRecord record, ObservedState observed, bool netnsGoes = false)
    {
        if (record.Engine is { } engine)
        {
            yield return new Step(new StopEngine(record.Ifname, engine) { LeavesDevice = netnsGoes });
        }

        // A TUN goes with its living engine; anything else of that name stays until it is deleted, also where the record
        // already speaks of the engine that was to replace it.
        var goesAlone = observed.Engines.GetValueOrDefault(record.Ifname) is { IsAlive: true };
        if (observed.Link(record.Ifname) is { } link && !(link.Kind == LinkKind.Tun && goesAlone))
        {
            yield return new Step(new DeleteLink(observed.Name, record.Ifname));
        }
    }

    /// <summary>Whether the device that is there can be changed into the wanted one without making it anew.</summary>
    internal static bool IsUsable(DesiredInterface wanted, ObservedState observed)
    {
        var isKernelLink = observed.Link(wanted.Ifname)?.Kind == LinkKind.WireGuard;
        if (!BirthplaceRecord.AreOne(observed.Record?.Interface(wanted.Ifname)?.Birthplace, wanted.Birthplace))
        {
            // A socket stays where it was made.
            return false;
        }

        return wanted.Engine is null
            ? isKernelLink
            : observed.Link(wanted.Ifname) is not null
              && !isKernelLink

              // Another kind of engine cannot go on with what this one began.
              && observed.Record?.Interface(wanted.Ifname)?.Engine is { } running
              && running.Inside is null == wanted.Engine.Inside is null
              && observed.Engines.GetValueOrDefault(wanted.Ifname) is { IsAlive: true, SocketPresent: true };
    }

    /// <summary>
    /// Whether the device stands there, closed, after the end of its engine, so that another can go on with it: whoever is inside
    /// keeps addresses, routes and connections. By its alias it is ours, whatever became of the name meanwhile.
    /// </summary>
    internal static bool IsLeft(DesiredInterface wanted, ObservedState observed) =>
        !IsUsable(wanted, observed)
        && wanted.Engine?.Inside is not null
        && observed.Record?.Interface(wanted.Ifname) is { Engine: { Inside: not null } died } record
        && BirthplaceRecord.AreOne(record.Birthplace, wanted.Birthplace)
        && observed.Link(wanted.Ifname) is { Kind: LinkKind.Tun } link
        && link.Alias == died.TemporaryName;

    /// <summary>Whether the link stays, with all that others did to it.</summary>
    internal static bool Stands(DesiredInterface wanted, ObservedState observed) => IsUsable(wanted, observed) || IsLeft(wanted, observed);

    internal static IEnumerable<Step> Raise(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        IsUsable(item, observed) ? [.. ChangeDevice(desired, item, observed), .. ChangeLink(desired, item, observed)]
        : IsLeft(item, observed) ? [.. StartAgain(item, observed), .. ChangeLink(desired, item, observed)]
        : Create(desired, item, [.. SysctlPlan.OfNewLink(desired, item, observed)]);

    private static IEnumerable<Step> StartAgain(DesiredInterface item, ObservedState observed)
    {
        var engine = item.Engine! with { Pid = 0, StartTime = 0 };
        yield return new Step(
            new StartEngine(item.Ifname, engine) { Device = observed.Link(item.Ifname)!.Ifindex },
            new StopEngine(item.Ifname, engine) { LeavesDevice = true });
        if (engine.Symlink is { } symlink)
        {
            yield return new Step(new LinkSocket(symlink, engine.Socket));
        }

        yield return new Step(new ConfigureDevice(observed.Name, item.Ifname, engine, DevicePlan.All(item.Device)));
    }

    /// <param name="settings">Of the new link, before it has an address.</param>
    private static IEnumerable<Step> Create(DesiredState desired, DesiredInterface item, ImmutableArray<Step> settings)
    {
        var name = desired.Name;

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
                yield return new Step(new MoveLink(name, engine.TemporaryName, item.Ifname) { Birthplace = engine.Birthplace });
            }

            yield return new Step(new SetMtu(name, item.Ifname, item.Mtu));
        }
        else
        {
            yield return new Step(new CreateLink(name, item.Ifname, item.Mtu) { Birthplace = item.Birthplace?.Path }, new DeleteLink(name, item.Ifname));
            yield return new Step(configure);
        }

        foreach (var setting in settings)
        {
            yield return setting;
        }

        foreach (var address in item.Addresses)
        {
            yield return new Step(new AddAddress(name, item.Ifname, address));
        }

        yield return new Step(new SetLinkUp(name, item.Ifname));
        foreach (var route in RoutesPlan.Wanted(item))
        {
            yield return new Step(new AddRoute(name, item.Ifname, route) { Metric = RoutesPlan.Metric(desired, route) });
        }
    }

    private static IEnumerable<Step> ChangeDevice(DesiredState desired, DesiredInterface item, ObservedState observed)
    {
        var (name, ifname) = (observed.Name, item.Ifname);
        if (observed.Devices.TryGetValue(ifname, out var device)
            && DevicePlan.Difference(item.Device, device) is { IsEmpty: false } patch)
        {
            var back = DevicePlan.Reverse(patch, device);

            // Backwards, too, its port is another's until that one has let go of it.
            back = back.ListenPort is not null && PortsPlan.GivesUp(desired, item, observed) ? back with { ListenPort = 0 } : back;
            yield return new Step(
                new ConfigureDevice(name, ifname, item.Engine, patch),
                back.IsEmpty ? null : new ConfigureDevice(name, ifname, item.Engine, back))
            {
                Lost = DevicePlan.LosesKeys(patch, device) ? $"the keys that {ifname} had" : null,
            };
        }

        if (item.Engine is { Symlink: { } symlink } engine && observed.Engines.GetValueOrDefault(ifname) is { SymlinkPresent: false })
        {
            yield return new Step(new LinkSocket(symlink, engine.Socket), new RemoveFile(symlink));
        }
    }

    private static IEnumerable<Step> ChangeLink(DesiredState desired, DesiredInterface item, ObservedState observed)
    {
        var link = observed.Link(item.Ifname)!;
        var (name, ifname) = (observed.Name, item.Ifname);
        if (item.MtuBeside(link.Mtu) is var mtu && mtu != link.Mtu)
        {
            yield return new Step(new SetMtu(name, ifname, mtu), new SetMtu(name, ifname, link.Mtu));
        }

        foreach (var step in AddressesPlan.Change(item, link, name))
        {
            yield return step;
        }

        if (!link.IsUp)
        {
            yield return new Step(new SetLinkUp(name, ifname), new SetLinkDown(name, ifname));
        }

        foreach (var step in RoutesPlan.Add(desired, item, link))
        {
            yield return step;
        }
    }
}
