using System.Collections.Immutable;
using System.Globalization;
using Wgns.Configuration;

namespace Wgns.Firewall;

/// <summary>The ports that are let in from the tunnel, and from nowhere else: [[publish]] with from = "tunnel".</summary>
/// <param name="Ifnames">The tunnel's interfaces: another link of the namespace, as one to the host, is none of them.</param>
public sealed record TunnelPorts(ImmutableArray<string> Ifnames, ImmutableArray<(PublishProtocol Protocol, int Port)> Ports)
{
    public static TunnelPorts Of(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new TunnelPorts(
            [.. config.Interfaces.Select(i => i.Ifname).Where(Names.CanStandInRule)],
            [
                .. config.Publish.Where(p => p is { From: PublishFrom.Tunnel, Listen.EndPoint: not null })
                    .Select(p => (p.Protocol, p.Listen.EndPoint!.Port)),
            ]);
    }

    /// <summary>One rule for each protocol, as they stand in the input chain. By name: the interfaces come after the rules.</summary>
    internal string Rules() => Ifnames.IsEmpty ? string.Empty : string.Concat(Ports.GroupBy(p => p.Protocol).OrderBy(g => g.Key).Select(Rule));

    private string Rule(IGrouping<PublishProtocol, (PublishProtocol Protocol, int Port)> group)
    {
        var ports = RuleWords.Set(group.Select(p => p.Port).Order());
        return $"        iifname {RuleWords.Links(Ifnames)} {group.Key.Word()} dport {ports} accept comment \"published from the tunnel\"\n";
    }
}
