using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Firewall;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// Forwarding for ports that are published via the host link: on that link and the one that they are reached by, never on the
/// machine as a whole. What was off is put back, by the last namespace that had need of it.
/// </summary>
/// <remarks>
/// Documentation/networking/ip-sysctl.rst: IPv4 goes by the setting of the link that a packet comes in by; IPv6 by conf/all's,
/// or from Linux 6.17 on by force_forwarding of that link, which unlike its `forwarding` leaves router advertisements alone.
/// </remarks>
internal static class ForwardingPlan
{
    private const string On = "1";
    private const string Off = "0";

    /// <summary>What is ours when all is done: settings that were off, and are turned on.</summary>
    internal static ImmutableArray<SysctlRecord> Kept(DesiredState desired, ObservedState observed) =>
    [
        .. (desired.HostLink is { } link ? Wanted(link) : [])
            .Where(w => !IsOn(w.IsIPv6, observed))
            .Select(w => Recorded(w.Key, observed) ?? new SysctlRecord(w.Key, Off, On))
            .Where(r => Value(r.Key, observed) is { } now && (Recorded(r.Key, observed) is not null || now == Off || IsNeighbours(r.Key, observed))),
    ];

    /// <summary>Those, and what is not put back yet.</summary>
    internal static ImmutableArray<SysctlRecord> Intent(DesiredState desired, ObservedState observed)
    {
        var kept = Kept(desired, observed);
        return [.. (observed.Record?.Forwarding ?? []).Where(r => kept.All(k => k.Key != r.Key)), .. kept];
    }

    /// <summary>The host's table, closed to what would come in by a setting of ours.</summary>
    internal static string Rules(DesiredHostLink link, DesiredState desired, ObservedState observed)
    {
        var ours = Kept(desired, observed).Select(r => r.Key).ToHashSet();
        return HostEndRules.Closing(link.Rules, [.. Wanted(link).Where(w => ours.Contains(w.Key)).Select(w => (w.Ifname, w.IsIPv6))]);
    }

    /// <summary>
    /// Before the rules go that close it. A value that is not ours any more stays, and so does what the whole machine does, and what
    /// another namespace has need of: that one's rules close it, too.
    /// </summary>
    internal static IEnumerable<Step> PutBack(ObservedState observed, ImmutableArray<SysctlRecord> kept) =>
        (observed.Record?.Forwarding ?? [])
            .Where(r => kept.All(k => k.Key != r.Key) && Value(r.Key, observed) == r.Ours && !IsNeighbours(r.Key, observed))
            .Where(r => r.Key.StartsWith("net/ipv6/", StringComparison.Ordinal) || Value(Forwarding.AllV4, observed) != On)
            .Select(r => new Step(new SetHostSysctl(r.Key, r.Before), new SetHostSysctl(r.Key, r.Ours)));

    /// <summary>When the rules stand, and the link.</summary>
    /// <param name="isNew">The link has just been made, and forwards nothing.</param>
    internal static IEnumerable<Step> TurnOn(DesiredHostLink link, DesiredState desired, ObservedState observed, bool isNew)
    {
        foreach (var key in Kept(desired, observed).Select(r => r.Key).Where(k => Value(k, observed) != On))
        {
            yield return new Step(new SetHostSysctl(key, On), new SetHostSysctl(key, Value(key, observed)!));
        }

        foreach (var (key, value) in OfLink(link, observed))
        {
            var now = isNew ? Off : Value(key, observed);
            if (now is not null && now != value)
            {
                // It goes with the link.
                yield return new Step(new SetHostSysctl(key, value), isNew ? null : new SetHostSysctl(key, now));
            }
        }
    }

    internal static IEnumerable<Obstacle> Obstacles(DesiredState desired, ObservedState observed)
    {
        var obstacles = new List<Obstacle>();
        if (desired.HostLink is { ForwardsV6.IsEmpty: false } && !IsOn(v6: true, observed) && !CanForce(observed))
        {
            obstacles.Add(new Obstacle(
                "this kernel forwards IPv6 by all links or by none (net.ipv6.conf.LINK.force_forwarding is from Linux 6.17 on), and wgns does not turn it on for the whole machine",
                "leave via = \"link\" out of what listens on IPv6, or turn net.ipv6.conf.all.forwarding on yourself"));
        }

        return obstacles.Concat(observed.Outside.Neighbours.SelectMany(n => Beside(n, desired.HostLink)));
    }

    private static IEnumerable<Obstacle> Beside(LinkNeighbour neighbour, DesiredHostLink? link)
    {
        foreach (var port in link?.Ports.Where(p => neighbour.Ports.Any(p.Overlaps)) ?? [])
        {
            yield return new Obstacle(
                $"port {port} of the host leads into namespace {neighbour.Name} already: {neighbour.Ports.First(port.Overlaps)}, via its link",
                $"publish it on another port or address, or take it out of {neighbour.Name} first");
        }

        // The rules of each that close a link leave alone what is for links of that name, which have rules of their own.
        if (link is not null && Wanted(link).Any(w => neighbour.Forwarding.Contains(w.Key))
            && neighbour.HostIfnames.Append(link.Name.HostIfname).FirstOrDefault(i => !i.StartsWith(HostLinkConfig.Prefix, StringComparison.Ordinal)) is { } strange)
        {
            yield return new Obstacle(
                $"namespace {neighbour.Name} publishes by the same link of the host, and the hostInterface {strange} does not begin with {HostLinkConfig.Prefix}",
                $"leave hostInterface out of [hostLink], or choose a name that begins with {HostLinkConfig.Prefix}");
        }
    }

    private static bool IsNeighbours(string key, ObservedState observed) => observed.Outside.Neighbours.Any(n => n.Forwarding.Contains(key));

    private static IEnumerable<(string Key, string Ifname, bool IsIPv6)> Wanted(DesiredHostLink link) =>
        link.ForwardsV4.Select(i => (Forwarding.V4(i), i, false)).Concat(link.ForwardsV6.Select(i => (Forwarding.V6(i), i, true)));

    private static IEnumerable<(string Key, string Value)> OfLink(DesiredHostLink link, ObservedState observed)
    {
        yield return (Forwarding.V4(link.Name.HostIfname), link.ForwardsV4.IsEmpty ? Off : On);
        if (CanForce(observed))
        {
            yield return (Forwarding.V6(link.Name.HostIfname), link.ForwardsV6.IsEmpty || IsOn(v6: true, observed) ? Off : On);
        }
    }

    private static bool CanForce(ObservedState observed) => Value(Forwarding.V6("default"), observed) is not null;

    private static bool IsOn(bool v6, ObservedState observed) => Value(v6 ? Forwarding.AllV6 : Forwarding.AllV4, observed) == On;

    private static SysctlRecord? Recorded(string key, ObservedState observed) => observed.Record?.Forwarding.FirstOrDefault(r => r.Key == key);

    private static string? Value(string key, ObservedState observed) => observed.Outside.Sysctls.GetValueOrDefault(key);
}
