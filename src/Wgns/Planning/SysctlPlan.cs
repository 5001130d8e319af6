using System.Collections.Immutable;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// Settings of the kernel inside. Users may ping: a new network namespace lets nobody, and ping(8)'s own right is
/// not had where no_new_privs is. IPv6 is off on every link where the tunnel carries none: a program sees at once that there is no way, and no
/// link-local address is there to be reached by. Where it is on, nothing that is received may make a route or an address.
/// lo keeps its ::1. Nothing is forwarded: a machine that forwards, for containers, hands that down to every new network namespace.
/// </summary>
/// <remarks>Documentation/networking/ip-sysctl.rst, net.ipv6.conf: disable_ipv6, accept_ra. A new link takes default's.</remarks>
internal static class SysctlPlan
{
    private const string Default = "default";

    private static readonly (string Key, string Value)[] NoForwarding = [(Forwarding.Global, "0"), (Forwarding.AllV6, "0")];

    /// <summary>What is to be known about a namespace that has these links.</summary>
    internal static IEnumerable<string> Keys(IEnumerable<string> ifnames) =>
        ifnames.Prepend(Default).SelectMany(i => (string[])[Disable(i), AcceptRa(i)]).Concat(NoForwarding.Select(f => f.Key)).Prepend(PingGroups.Key);

    /// <summary>Before any link is made.</summary>
    internal static IEnumerable<Step> ForLinksToCome(DesiredState desired, ObservedState observed, bool isFresh) =>
    [
        .. desired.PingGroups is { } groups ? Steps([(PingGroups.Key, groups)], observed, isFresh) : [],
        .. desired.IsManaged ? Steps(NoForwarding, observed, isFresh) : [],
        .. desired is { IPv6: { } on, IsManaged: true } ? Steps(Default, on, observed, isFresh) : [],
    ];

    /// <summary>Of a link that was just made where default's are somebody else's: they are left, and go with the link.</summary>
    internal static IEnumerable<Step> OfNewLink(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        desired is { IPv6: { } on, IsManaged: false } ? Steps(item.Ifname, on, observed, isFresh: true) : [];

    /// <summary>What somebody else's settings were, so that they can be put back; those that were changed before stay written down.</summary>
    internal static ImmutableArray<SysctlRecord> Recorded(DesiredState desired, ObservedState observed)
    {
        var before = Ownership.OwnsNetns(observed) ? observed.Record?.Shared?.Sysctls ?? [] : [];
        return
        [
            .. before,
            .. from step in ForLinksToCome(desired, observed, isFresh: false)
               where step.Undo is not null
               let change = ((SetSysctl)step.Do, (SetSysctl)step.Undo!)
               where before.All(b => b.Key != change.Item1.Key)
               select new SysctlRecord(change.Item1.Key, change.Item2.Value, change.Item1.Value),
        ];
    }

    /// <summary>Puts back what is still as wgns set it.</summary>
    internal static IEnumerable<Step> PutBack(ObservedState observed) =>
        from setting in observed.Record?.Shared?.Sysctls ?? []
        where observed.Sysctls.GetValueOrDefault(setting.Key)?.Replace('\t', ' ') == setting.Ours
        select new Step(new SetSysctl(observed.Name, setting.Key, setting.Before));

    /// <summary>Of a link that stays, before it gets IPv6 addresses.</summary>
    internal static IEnumerable<Step> TurnOn(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        desired.IPv6 == true && InterfacePlan.Stands(item, observed) ? Steps(item.Ifname, true, observed, isFresh: false) : [];

    /// <summary>Of a link that stays, after it has lost those addresses; the kernel would take them away itself.</summary>
    internal static IEnumerable<Step> TurnOff(DesiredState desired, DesiredInterface item, ObservedState observed) =>
        desired.IPv6 == false && InterfacePlan.Stands(item, observed) ? Steps(item.Ifname, false, observed, isFresh: false) : [];

    // What a netns is born with depends on the machine's own settings (net.core.devconf_inherit_init_net).
    private static IEnumerable<Step> Steps(string ifname, bool on, ObservedState observed, bool isFresh) =>
        Steps(on ? [(AcceptRa(ifname), "0"), (Disable(ifname), "0")] : [(Disable(ifname), "1")], observed, isFresh);

    // The kernel writes a tab between numbers. What reads as nothing cannot be put back.
    private static IEnumerable<Step> Steps((string Key, string Value)[] wanted, ObservedState observed, bool isFresh) =>
        from setting in wanted
        let now = observed.Sysctls.GetValueOrDefault(setting.Key)?.Replace('\t', ' ')
        where isFresh || (now is not null && now != setting.Value)
        select new Step(
            new SetSysctl(observed.Name, setting.Key, setting.Value),
            isFresh || now!.Length == 0 ? null : new SetSysctl(observed.Name, setting.Key, now));

    private static string Disable(string ifname) => $"net/ipv6/conf/{ifname}/disable_ipv6";

    private static string AcceptRa(string ifname) => $"net/ipv6/conf/{ifname}/accept_ra";
}
