using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// IPv6 is off on every link where the tunnel carries none: a program sees at once that there is no way, and no
/// link-local address is there to be reached by. Where it is on, nothing that is received may make a route or an address.
/// lo keeps its ::1.
/// </summary>
/// <remarks>Documentation/networking/ip-sysctl.rst, net.ipv6.conf: disable_ipv6, accept_ra. A new link takes default's.</remarks>
internal static class IPv6Plan
{
    private const string Default = "default";

    /// <summary>What is to be known about a namespace that has these links.</summary>
    internal static IEnumerable<string> Keys(IEnumerable<string> ifnames) =>
        ifnames.Prepend(Default).SelectMany(i => (string[])[Disable(i), AcceptRa(i)]);

    /// <summary>Before any link is made.</summary>
    internal static IEnumerable<Step> ForLinksToCome(DesiredState desired, ObservedState observed, bool isFresh) =>
        desired.IPv6 is { } on ? Steps(Default, on, observed, isFresh) : [];

    /// <summary>Of a link that stays, before it gets IPv6 addresses.</summary>
    internal static IEnumerable<Step> TurnOn(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        desired.IPv6 == true && InterfacePlan.IsUsable(item, observed) ? Steps(item.Ifname, true, observed, isFresh: false) : [];

    /// <summary>Of a link that stays, after it has lost those addresses; the kernel would take them away itself.</summary>
    internal static IEnumerable<Step> TurnOff(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        desired.IPv6 == false && InterfacePlan.IsUsable(item, observed) ? Steps(item.Ifname, false, observed, isFresh: false) : [];

    // What a netns is born with depends on the machine's own settings (net.core.devconf_inherit_init_net).
    private static IEnumerable<Step> Steps(string ifname, bool on, ObservedState observed, bool isFresh)
    {
        (string Key, string Value)[] wanted = on ? [(AcceptRa(ifname), "0"), (Disable(ifname), "0")] : [(Disable(ifname), "1")];
        return from setting in wanted
               let now = observed.Sysctls.GetValueOrDefault(setting.Key)
               where isFresh || (now is not null && now != setting.Value)
               select new Step(
                   new SetSysctl(observed.Name, setting.Key, setting.Value),
                   isFresh ? null : new SetSysctl(observed.Name, setting.Key, now!));
    }

    private static string Disable(string ifname) => $"net/ipv6/conf/{ifname}/disable_ipv6";

    private static string AcceptRa(string ifname) => $"net/ipv6/conf/{ifname}/accept_ra";
}
