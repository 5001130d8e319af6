using System.Collections.Immutable;
using System.Net;
using Wgns.Linux;
using Wgns.Linux.Libcrypto;
using Wgns.Linux.Rtnetlink;

namespace Wgns.Demo;

/// <summary>The addresses of a demo, none of which this machine has a use for.</summary>
/// <param name="Cable">A /30: the host's and the provider's end of the link between them.</param>
/// <param name="Tunnel">A /24 inside the tunnel.</param>
/// <param name="TunnelV6">A /64 inside the tunnel; null where this machine has no IPv6.</param>
public sealed record DemoAddresses(Cidr Cable, Cidr Tunnel, Cidr? TunnelV6)
{
    public IPAddress Host => At(Cable, 1);

    public IPAddress Uplink => At(Cable, 2);

    /// <summary>The provider, as the programs inside see it: resolver, web server, gateway.</summary>
    public IPAddress Provider => At(Tunnel, 1);

    public IPAddress Client => At(Tunnel, 2);

    public IPAddress? ProviderV6 => TunnelV6 is { } v6 ? At(v6, 1) : null;

    public IPAddress? ClientV6 => TunnelV6 is { } v6 ? At(v6, 2) : null;

    /// <summary>Everything that must never be seen unencrypted outside.</summary>
    public ImmutableArray<Cidr> Inner => TunnelV6 is { } v6 ? [Tunnel, v6] : [Tunnel];

    /// <summary>
    /// Chooses networks that overlap no address and no route of this machine, its default routes aside.
    /// </summary>
    /// <exception cref="OperationFailedException">All candidates are taken.</exception>
    public static DemoAddresses Choose(IReadOnlyCollection<Cidr> taken, bool hasIPv6) => new(
        First(Cables(), taken, "TEST-NET-1 to 3 (RFC 5737)"),
        First(Tunnels(), taken, "10.86.0.0/16 and 198.18.0.0/15"),
        hasIPv6 ? UniqueLocal() : null);

    /// <summary>What a netns has: its addresses' networks, and the destinations of its routes.</summary>
    public static IReadOnlyCollection<Cidr> TakenIn(Rtnl rtnl)
    {
        ArgumentNullException.ThrowIfNull(rtnl);
        return
        [
            .. rtnl.GetAddresses().Select(a => a.Cidr),
            .. rtnl.GetRoutes().Where(r => !r.IsDefault).Select(r => r.Destination),
        ];
    }

    /// <summary>Documentation addresses: nobody's, and yet an ordinary unicast address to the kernel.</summary>
    private static IEnumerable<Cidr> Cables() =>
        from prefix in (string[])["192.0.2", "198.51.100", "203.0.113"]
        from block in Enumerable.Range(0, 64)
        select new Cidr(IPAddress.Parse($"{prefix}.{block * 4}"), 30);

    /// <summary>Private ones as providers hand them out; those of RFC 2544 where a route to 10.0.0.0/8 is in the way.</summary>
    private static IEnumerable<Cidr> Tunnels() =>
        Enumerable.Range(0, 256).Select(i => $"10.86.{i}.0")
            .Concat(Enumerable.Range(0, 512).Select(i => $"198.{18 + (i / 256)}.{i % 256}.0"))
            .Select(text => new Cidr(IPAddress.Parse(text), 24));

    private static Cidr First(IEnumerable<Cidr> candidates, IReadOnlyCollection<Cidr> taken, string where) =>
        candidates.Where(c => !taken.Any(c.Overlaps)).Select(c => (Cidr?)c).FirstOrDefault()
        ?? throw new OperationFailedException($"this machine has a use for every network of {where}: none is left for a demo");

    /// <summary>RFC 4193: fd, 40 random bits, subnet 0.</summary>
    private static Cidr UniqueLocal()
    {
        var bytes = new byte[16];
        new KernelRandom().Fill(bytes.AsSpan(1, 5));
        bytes[0] = 0xFD;
        return new Cidr(new IPAddress(bytes), 64);
    }

    private static IPAddress At(Cidr network, byte host)
    {
        var bytes = network.Masked().Address.GetAddressBytes();
        bytes[^1] += host;
        return new IPAddress(bytes);
    }
}
