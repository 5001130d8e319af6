using System.Collections.Immutable;
using Wgns.Observation;
using Wgns.Planning;

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
            Routes(evidence),
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
        var others = e.Observed.Links.Where(l => !IsTunnel(l.Ifname, e) && !IsHostLink(l, e)).Select(l => l.Ifname).ToList();
        return others.Count == 0
            ? Finding.Ok(Check, e.Observed.Links.IsEmpty ? "only lo" : $"only lo and {Join(e.Observed.Links.Select(l => l.Ifname))}")
            : Finding.Failed(Check, $"{Join(others)} {(others.Count == 1 ? "is" : "are")} no tunnel", $"`ip -n {e.Observed.Name} link delete {others[0]}`, and find out who made it");
    }

    private static Finding Routes(Evidence e)
    {
        const string Check = "routes";
        var routes = e.Observed.Links
            .SelectMany(l => l.Routes.Where(r => r.Destination.PrefixLength == 0).Select(r => (Text: $"{r.Destination} by {l.Ifname}", IsRight: IsTunnel(l.Ifname, e))))
            .ToLookup(r => r.IsRight, r => r.Text);
        var (wrong, right) = (routes[false].ToList(), routes[true].ToList());
        return wrong.Count > 0
            ? Finding.Failed(Check, $"a default route does not lead into the tunnel: {Join(wrong)}", $"`ip -n {e.Observed.Name} route` shows them; `wgns up {e.Observed.Name}` does not take others' routes away")
            : Finding.Ok(Check, right.Count == 0 ? "no default route" : $"default routes: {Join(right)}");
    }

    private static Finding Forwarding(Evidence e)
    {
        const string Check = "forwarding";
        var on = e.Observed.Sysctls.Where(s => s.Key.EndsWith("forward", StringComparison.Ordinal) || s.Key.EndsWith("forwarding", StringComparison.Ordinal))
            .Where(s => s.Value != "0").Select(s => s.Key).Order(StringComparer.Ordinal).ToList();
        return on.Count == 0
            ? Finding.Ok(Check, "off")
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
        return host is not { Kind: "veth" } || inside is not { Kind: "veth" } ? Finding.Failed(Check, $"{link.Name.HostIfname} and {link.Name.Ifname} are not both there", up)
            : e.Observed.Outside.Tables.GetValueOrDefault(link.Name.Table) is not { } rules || RulesetPlan.DigestOfListing(rules) != link.RulesListing
                ? Finding.Failed(Check, $"table inet {link.Name.Table} of the host is not as it was loaded", up)
            : inside.Routes.Where(r => r.IsOurs || r.Destination.PrefixLength == 0).Select(r => r.Destination).ToList() is [var first, ..]
                ? Finding.Failed(Check, $"a route leads to the host: {first} by {inside.Ifname}", up)
            : Finding.Ok(Check, $"{host.Ifname} and {inside.Ifname} know their own network alone, and the host's rules stand");
    }

    private static bool IsHostLink(ObservedLink link, Evidence e) => link.Kind == "veth" && e.Observed.Record?.HostLinks.Any(l => l.Name.Ifname == link.Ifname) == true;

    private static bool IsTunnel(string ifname, Evidence e) => e.Observed.Record?.Interface(ifname) is not null;

    private static string Join(IEnumerable<string> words) => string.Join(", ", words);
}
