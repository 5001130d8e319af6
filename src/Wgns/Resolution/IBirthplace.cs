using System.Net;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Resolution;

/// <summary>What a resolver asks of the birthplace netns.</summary>
public interface IBirthplace
{
    /// <summary>Which netns it is; null is the one that this process is in.</summary>
    BirthplaceRecord? Where => null;

    /// <summary>Whether the kernel can make WireGuard links.</summary>
    bool HasKernelWireGuard { get; }

    /// <summary>The MTU in bytes of the way to an address, null where there is no way.</summary>
    int? MtuTowards(IPAddress address, uint mark);

    /// <summary>The addresses of a name, or none and the reason.</summary>
    IReadOnlyList<IPAddress> LookUp(string host, out string? problem);

    WireGuardKey PublicKeyOf(SecretKey key);

    /// <summary>
    /// The networks that the machine, whatever the birthplace, knows the way to, default routes and those of some links left out, and of
    /// host links that are younger than one of these.
    /// </summary>
    IReadOnlyCollection<Cidr> NetworksBut(IReadOnlyCollection<string> ifnames);

    /// <summary>The machine's links, with each of their addresses.</summary>
    IReadOnlyCollection<(string Ifname, Cidr Address)> Addresses { get; }
}
