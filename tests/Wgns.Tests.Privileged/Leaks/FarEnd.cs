namespace Wgns.Tests.Privileged.Leaks;

/// <summary>What comes out of a tunnel at the provider's: there a name that nobody should have been asked for shows.</summary>
internal sealed class FarEnd : IDisposable
{
    /// <summary>The talker's lookups by the plain protocol, by IPv4 and IPv6, UDP and TCP.</summary>
    internal static readonly IReadOnlyList<string> Plain = ["dns", "dns-tcp", "dns6", "dns6-tcp"];

    /// <summary>Those over TLS.</summary>
    internal static readonly IReadOnlyList<string> Tls = ["dns-tls", "dns6-tls"];

    /// <summary>Those of the neighbours, by multicast.</summary>
    internal static readonly IReadOnlyList<string> Neighbours = ["mdns", "llmnr", "mdns6", "llmnr6"];

    private static readonly string[] s_inside = ["10.99.0.2", "fd99::2"];
    private readonly Sniffer _sniffer;

    internal FarEnd(Lab lab)
    {
        var provider = lab.Provider!;

        // A TUN has a link-local address, from which groups of the link are sent to; the provider would not take it.
        Tool.Run("wg", "set", provider.Ifname, "peer", lab.PublicKey, "allowed-ips", "10.99.0.2/32,fd99::2/128,fe80::/10");
        _sniffer = new Sniffer(provider.Name, Machine.Ip(provider.Name, "link", "show", provider.Ifname).Single().GetProperty("ifindex").GetInt32());
    }

    /// <summary>
    /// What arrived since the last time, by kind, but for lookups of the dns_server; and in the next second, in which what is on its
    /// way comes.
    /// </summary>
    internal HashSet<string> KindsThatCame()
    {
        var came = new HashSet<string>();
        Until.True(() =>
        {
            came.UnionWith(Take());
            return false;
        }, seconds: 1);
        return came;
    }

    public void Dispose() => _sniffer.Dispose();

    private IEnumerable<string> Take() =>
        // What the far end answers quotes what it was sent.
        _sniffer.Take().Where(p => !s_inside.Contains(p.Destination))
            .Where(p => p.Destination != Provider.Address || p.DestinationPort is not (53 or 853))
            .Select(p => p.Kind).OfType<string>();
}
