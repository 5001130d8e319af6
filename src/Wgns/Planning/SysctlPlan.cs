using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// Settings of the kernel inside. Users may ping: a new network namespace lets nobody, and ping(8)'s own right is
/// not had where no_new_privs is. IPv6 is off on every link where the tunnel carries none: a program sees at once that there is no way, and no
/// link-local address is there to be reached by. Where it is on, nothing that is received may make a route or an address.
/// lo keeps its ::1.
/// </summary>
/// <remarks>Documentation/networking/ip-sysctl.rst, net.ipv6.conf: disable_ipv6, accept_ra. A new link takes default's.</remarks>
internal static class SysctlPlan
{
    private const string Default = "default";

    private const string Ping = "net/ipv4/ping_group_range";

    /// <summary>What is to be known about a namespace that has these links.</summary>
    internal static IEnumerable<string> Keys(IEnumerable<string> ifnames) =>
        ifnames.Prepend(Default).SelectMany(i => (string[])[Disable(i), AcceptRa(i)]).Prepend(Ping);

    /// <summary>Before any link is made.</summary>
    internal static IEnumerable<Step> ForLinksToCome(DesiredState desired, ObservedState observed, bool isFresh) =>
    [
        .. desired.PingGroups is { } groups ? Steps([(Ping, groups)], observed, isFresh) : [],
        .. desired.IPv6 is { } on ? Steps(Default, on, observed, isFresh) : [],
    ];

    /// <summary>Of a link that stays, before it gets IPv6 addresses.</summary>
    internal static IEnumerable<Step> TurnOn(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        desired.IPv6 == true && InterfacePlan.IsUsable(item, observed) ? Steps(item.Ifname, true, observed, isFresh: false) : [];

    /// <summary>Of a link that stays, after it has lost those addresses; the kernel would take them away itself.</summary>
    internal static IEnumerable<Step> TurnOff(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        desired.IPv6 == false && InterfacePlan.IsUsable(item, observed) ? Steps(item.Ifname, false, observed, isFresh: false) : [];

    // What a netns is born with depends on the machine's own settings (net.core.devconf_inherit_init_net).
    private static IEnumerable<Step> Steps(string ifname, bool on, ObservedState observed, bool isFresh) =>
        Steps(on ? [(AcceptRa(ifname), "0"), (Disable(ifname), "0")] : [(Disable(ifname), "1")], observed, isFresh);

    // The kernel writes a tab between numbers.
    private static IEnumerable<Step> Steps((string Key, string Value)[] wanted, ObservedState observed, bool isFresh) =>
        from setting in wanted
        let now = observed.Sysctls.GetValueOrDefault(setting.Key)?.Replace('\t', ' ')
        where isFresh || (now is not null && now != setting.Value)
        select new Step(
            new SetSysctl(observed.Name, setting.Key, setting.Value),
            isFresh ? null : new SetSysctl(observed.Name, setting.Key, now!));

    private static string Disable(string ifname) => $"net/ipv6/conf/{ifname}/disable_ipv6";

    private static string AcceptRa(string ifname) => $"net/ipv6/conf/{ifname}/accept_ra";
}
