using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>UDP ports that go from one tunnel to another: no two can have one, not even for the moment of a change.</summary>
internal static class PortsPlan
{
    /// <summary>Whether the port that the tunnel has is to be another's, and it has to let go of it first.</summary>
    internal static bool GivesUp(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        PortOf(item, observed) is { } port
        && item.Device.ListenPort != port
        && desired.Interfaces.Any(other => other.Ifname != item.Ifname && other.Device.ListenPort == port);

    /// <summary>Has them listen anywhere until they are given what they are to have.</summary>
    internal static IEnumerable<Step> GiveUp(DesiredState desired, ObservedState observed) =>
        from item in desired.Interfaces
        where GivesUp(desired, item, observed)
        select new Step(Listen(desired, item, 0), Listen(desired, item, PortOf(item, observed)!.Value));

    private static ushort? PortOf(DesiredInterface item, ObservedState observed) =>
        InterfacePlan.IsUsable(item, observed) ? observed.Devices.GetValueOrDefault(item.Ifname)?.ListenPort : null;

    private static ConfigureDevice Listen(DesiredState desired, DesiredInterface item, ushort port) =>
        new(desired.Name, item.Ifname, item.Engine, new DevicePatch(null, port, null, []));
}
