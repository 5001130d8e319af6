using System.Globalization;
using System.Net;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;

namespace Wgns.Verification;

/// <summary>Where packets go.</summary>
public static partial class Checks
{
    private static Finding Routes(Evidence e)
    {
        const string Check = "routes";
        var wrong = e.Ways.Routes.Where(w => w.Links.IsEmpty || (w.IsDefault && !w.Links.All(l => IsTunnel(l, e)))).Select(Describe).ToList();
        var right = e.Ways.Routes.Where(w => w.IsDefault).Select(Describe).ToList();
        return wrong.Count > 0 && IsShared(e)
            ? Finding.NotApplicable(
                Check,
                $"its maker's default route does not lead into the tunnel alone: {Join(wrong)}; the rules stop what is begun inside and routed into the tunnel")
            : wrong.Count > 0
            ? Finding.Failed(
                Check,
                $"a default route does not lead into the tunnel alone: {Join(wrong)}",
                $"`ip -n {e.Observed.Name} route show table all` shows them; `wgns up {e.Observed.Name}` does not take others' routes away")
            : Finding.Ok(Check, right.Count == 0 ? "no default route" : $"default routes: {Join(right)}");
    }

    // No failure: each leads to a table, or refuses, and the routes of every table are judged.
    private static Finding Rules(Evidence e)
    {
        var others = e.Ways.Rules.Where(r => !r.IsKernels).Select(Describe).ToList();
        return Finding.Ok("routing rules", others.Count == 0 ? "the kernel's own alone" : $"besides the kernel's: {Join(others)}; the routes of every table are looked at");
    }

    // What is sent to such an address stays inside: whoever listens there answers in another's place.
    private static Finding Loopback(Evidence e)
    {
        const string Check = "loopback";
        var others = e.Ways.Loopback.Where(a => !IPAddress.IsLoopback(a.Address)).Select(a => a.ToString()).ToList();
        return others.Count == 0
            ? Finding.Ok(Check, "has no address but its own")
            : IsShared(e)
            ? Finding.NotApplicable(Check, $"lo has {Join(others)} (managed = false): what is sent there does not go into the tunnel")
            : Finding.Failed(
                Check,
                $"lo has {Join(others)}: what is sent there does not go into the tunnel",
                $"`ip -n {e.Observed.Name} address delete {others[0]} dev lo`, and find out who made it");
    }

    /// <summary>The first route by a host link that leads beyond the link's own network, whoever made it; null where there is none.</summary>
    private static Way? Beyond(ObservedLink link, Evidence e) => e.Ways.Routes.FirstOrDefault(w => w.Links.Contains(link.Ifname)
        && !link.Addresses.Any(a => a.PrefixLength <= w.Destination.PrefixLength && a.Contains(w.Destination.Address)));

    private static string Describe(Way way)
    {
        var links = way.Links.IsEmpty ? "a nexthop object, whose links are not told" : string.Join(" and ", way.Links);
        return $"{way.Destination} by {links}" + (way.Table == Route.MainTable ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" in table {way.Table}"));
    }

    private static string Describe(Rule rule) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rule.Priority} ({(rule.IsIPv6 ? "IPv6" : "IPv4")}) {(rule.Table == 0 ? "to no table" : string.Create(CultureInfo.InvariantCulture, $"to table {rule.Table}"))}");
}
