using System.Collections.Immutable;
using Wgns.Firewall;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Status;

namespace Wgns.Verification;

/// <summary>Judges what was seen: everything that `verify` says comes from here, and nothing is asked here.</summary>
public static partial class Checks
{
    public static ImmutableArray<Finding> Of(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (evidence.Observed.Netns != NetnsPresence.Present)
        {
            return [Finding.Failed("namespace", "it is not there", $"`wgns up {evidence.Observed.Name}` makes it; what is not there leaks nothing")];
        }

        return
        [
            Links(evidence),
            .. OtherLinks(evidence),
            Routes(evidence),
            Rules(evidence),
            Loopback(evidence),
            Forwarding(evidence),
            HostLink(evidence),
            Ruleset(evidence),
            Configured(evidence),
            DnsFiles(evidence),
            Sockets(evidence),
            Vsock(evidence),
            Resolution(evidence),
            .. evidence.Observed.Record?.Interfaces.SelectMany(i => Tunnel(i, evidence)) ?? [],
            .. evidence.Processes.SelectMany(p => Process(p, evidence)),
            .. evidence.Units.Select(Unit),
        ];
    }

    private static Finding Links(Evidence e)
    {
        const string Check = "links";
        var others = IsShared(e) ? [] : e.Observed.Links.Where(l => !IsTunnel(l.Ifname, e) && !IsHostLink(l, e)).Select(l => l.Ifname).ToList();
        if (IsShared(e))
        {
            var ours = e.Observed.Links.Where(l => IsTunnel(l.Ifname, e) || IsHostLink(l, e)).Select(l => l.Ifname).ToList();
            return Finding.Ok(Check, ours.Count == 0 ? "none of wgns's" : $"{Join(ours)} of wgns's");
        }

        return others.Count == 0
            ? Finding.Ok(Check, e.Observed.Links.IsEmpty ? "only lo" : $"only lo and {Join(e.Observed.Links.Select(l => l.Ifname))}")
            : Finding.Failed(
                Check,
                $"{Join(others)} {(others.Count == 1 ? "is" : "are")} no tunnel",
                $"`ip -n {e.Observed.Name} link delete {others[0]}`, and find out who made it");
    }

    /// <summary>Of a namespace that somebody else made (managed = false).</summary>
    private static IEnumerable<Finding> OtherLinks(Evidence e)
    {
        const string Check = "other links";
        if (!IsShared(e))
        {
            return [];
        }

        List<string> others = [.. StatusReader.OtherLinks(e.Observed.Record!, e.Observed)];
        var held = e.Config is { } config && SharedRules.Of(config) is { TakesAll: true }
            ? "nothing begun inside gets out by"
            : "what is routed into the tunnel does not get out by";
        var (are, them) = others.Count == 1 ? ("is", "it") : ("are", "them");
        return
        [
            others.Count == 0
                ? Finding.Ok(Check, "there is none, but who made the namespace may make one")
                : Finding.NotApplicable(
                    Check, $"{Join(others)} {are} not wgns's (managed = false): {held} {them}, and what comes in there is its maker's business"),
        ];
    }

    private static bool IsShared(Evidence e) => e.Observed.Record?.Shared is not null;

    private static Finding Forwarding(Evidence e)
    {
        const string Check = "forwarding";
        var on = e.Observed.Sysctls.Where(s => Observation.Forwarding.IsOne(s.Key) && s.Value != "0")
            .Select(s => s.Key).Order(StringComparer.Ordinal).ToList();
        return on.Count == 0
            ? Finding.Ok(Check, "off")
            : IsShared(e) ? Finding.NotApplicable(Check, $"on, by its maker ({Join(on)}); the rules forward nothing from or to the tunnel")
            : Finding.Failed(Check, $"on: {Join(on)}", $"`ip netns exec {e.Observed.Name} sysctl -w {on[0]}=0`");
    }

    private static Finding Ruleset(Evidence e)
    {
        const string Check = "firewall";
        var stopped = e.Counters.Where(c => c.Packets > 0).Select(c => $"{c.Comment}: {c.Packets}").ToList();
        return RulesetPlan.HasDrifted(e.Observed)
            ? Finding.Failed(Check, "the rules are not the ones that were loaded", $"`wgns up {e.Observed.Name}` loads them again")
            : Finding.Ok(Check, stopped.Count == 0 ? "as loaded; nothing was stopped yet" : $"as loaded; packets stopped: {Join(stopped)}");
    }

    private static Finding Configured(Evidence e)
    {
        const string Check = "configuration";
        return e.Config is null
            ? Finding.NotApplicable(Check, "the file of the last `up` cannot be read any more")
            : e.Obstacles is [var first, ..] ? Finding.Failed(Check, first.Message, first.Hint)
            : e.Drift.IsEmpty ? Finding.Ok(Check, $"as {e.Config.Source} says")
            : Finding.Failed(Check, $"`wgns up` would {Join(e.Drift)}", $"`wgns up {e.Observed.Name}`");
    }

    private static Finding HostLink(Evidence e)
    {
        const string Check = "host link";
        var up = $"`wgns up {e.Observed.Name}` makes it anew";
        if (e.Observed.Record?.HostLinks is not [.., var link])
        {
            return Finding.NotApplicable(Check, "there is none");
        }

        var (host, inside) = (e.Observed.Outside.Link(link.Name.HostIfname), e.Observed.Link(link.Name.Ifname));
        return host is not { Kind: LinkKind.Veth } || inside is not { Kind: LinkKind.Veth } ? Finding.Failed(Check, $"{link.Name.HostIfname} and {link.Name.Ifname} are not both there", up)
            : e.Observed.Outside.Tables.GetValueOrDefault(link.Name.Table) is not { } rules || RulesetPlan.DigestOfListing(rules) != link.RulesListing
                ? Finding.Failed(Check, $"table inet {link.Name.Table} of the host is not as it was loaded", up)
            : e.Observed.Record.Forwarding.FirstOrDefault(r => e.Observed.Outside.Sysctls.TryGetValue(r.Key, out var now) && now != r.Ours) is { } off
                ? Finding.Failed(Check, $"{off.Key} of the host is not {off.Ours}: what is published via the link is not reached", $"`wgns up {e.Observed.Name}`")
            : Beyond(inside, e) is { } beyond
                ? Finding.Failed(Check, $"a route leads to the host: {Describe(beyond)}", up)
            : Finding.Ok(Check, $"{host.Ifname} and {inside.Ifname} know their own network alone, and the host's rules stand");
    }

    private static bool IsHostLink(ObservedLink link, Evidence e) => link.Kind == LinkKind.Veth && e.Observed.Record?.HostLinks.Any(l => l.Name.Ifname == link.Ifname) == true;

    // Not by its name alone, which anybody may give; an engine that is recorded may not have got its device from a crash on.
    private static bool IsTunnel(string ifname, Evidence e) => e.Observed.Record?.Interface(ifname) is { } record
        && e.Observed.Link(ifname) is { } link && (link.Kind == LinkKind.WireGuard || (link.Kind == LinkKind.Tun && record.Engine is not null));

    private static string Join(IEnumerable<string> words) => string.Join(", ", words);
}
