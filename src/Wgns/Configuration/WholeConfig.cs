using System.Net;
using Wgns.Diagnostics;
using Wgns.Linux;

namespace Wgns.Configuration;

/// <summary>What is right in each part and wrong in the whole.</summary>
internal static class WholeConfig
{
    /// <param name="isWhole">False where errors kept parts of the file out of <paramref name="config"/>.</param>
    internal static void Check(NamespaceConfig config, TableReader table, bool isWhole)
    {
        if (!config.IsManaged && config.Interfaces.FirstOrDefault(i => !Names.CanStandInRule(i.Ifname)) is { } unruly)
        {
            table.Error(
                table.SpanOf("managed"),
                $"managed is false, and interface \"{unruly.Ifname}\" has a name that cannot stand in a rule",
                "give it an interfaceName of letters, digits, '-', '_' and '.': the rules are for this interface alone");
        }

        if (config.Interfaces.IsEmpty)
        {
            table.Warning(
                SourceSpan.WholeOf(config.Source),
                config.IsManaged
                    ? "there is no interface: the namespace will have lo and no way out"
                    : "there is no interface: the namespace keeps the links that it has, and gets no tunnel");
            if (config.Publish.Any(p => p.From == PublishFrom.Tunnel))
            {
                table.Error(table.SpanOf("publish"), "a publish is from = \"tunnel\", and there is no interface that it could come by");
            }

            return;
        }

        if (config.Publish.Any(p => p.From == PublishFrom.Tunnel) && config.Interfaces.FirstOrDefault(i => !Names.CanStandInRule(i.Ifname)) is { } odd)
        {
            table.Error(
                table.SpanOf("publish"),
                $"a publish is from = \"tunnel\", and interface \"{odd.Ifname}\" has a name that cannot stand in a rule",
                "give it an interfaceName of letters, digits, '-', '_' and '.'");
        }

        foreach (var twice in config.Interfaces.GroupBy(i => i.Ifname).Where(g => g.Count() > 1))
        {
            table.Error(table.KeySpanOf("interfaces"), $"two interfaces are named \"{twice.Key}\"", "give one of them another interfaceName");
        }

        foreach (var twice in config.Interfaces.Where(i => i.ListenPort is not null).GroupBy(i => i.ListenPort).Where(g => g.Count() > 1))
        {
            table.Error(
                table.KeySpanOf("interfaces"),
                $"interfaces {string.Join(" and ", twice.Select(i => $"\"{i.Ifname}\""))} have one listenPort, {twice.Key}",
                "each has a UDP port of its own outside: set another, or leave it out for any");
        }

        CheckRoutes(config, table);
        if (isWhole)
        {
            CheckDnsReachable(config, table);
        }
    }

    private static void CheckRoutes(NamespaceConfig config, TableReader table)
    {
        foreach (var twice in config.Interfaces.SelectMany(i => i.Routes.Select(n => (Network: n, i.Ifname))).GroupBy(r => r.Network, r => r.Ifname).Where(g => g.Count() > 1))
        {
            table.Error(
                table.KeySpanOf("interfaces"),
                $"{twice.Key} would be a route of two interfaces, {string.Join(" and ", twice.Select(i => $"\"{i}\""))}",
                "set allowedIPsAsRoutes = false on one of them, or give its peers routes");
        }
    }

    private static void CheckDnsReachable(NamespaceConfig config, TableReader table)
    {
        var networks = config.Interfaces.SelectMany(i => i.Peers).SelectMany(p => p.AllowedIps).ToList();
        var own = config.Interfaces.SelectMany(i => i.Addresses).Select(a => a.Address).ToHashSet();

        // A resolver inside may ask any other that is named.
        var asksNobody = config.DnsEnforcement != DnsEnforcement.Off && config.DnsServers.All(s => own.Contains(s) || IPAddress.IsLoopback(s));
        foreach (var server in config.DnsServers.Where(s => !IPAddress.IsLoopback(s)))
        {
            if (own.Contains(server))
            {
                if (asksNobody)
                {
                    table.Warning(
                        table.SpanOf("dns_server"),
                        $"dns_server {server} is the namespace's own address: a resolver that runs there can ask nobody else on port 53",
                        "lookups of others are led back to it, or refused: dnsEnforcement = \"off\" lets it ask, by the tunnel");
                }
            }
            else if (!networks.Any(n => n.Contains(server)))
            {
                table.Warning(
                    table.SpanOf("dns_server"),
                    $"no peer's allowedIPs holds the dns_server {server}: it cannot be reached");
            }
        }
    }
}
