using System.Net;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Resolution;

/// <summary>A birthplace that looks no name up, for commands that must not wait for a name server.</summary>
public sealed class OfflineBirthplace(IBirthplace birthplace) : IBirthplace
{
    public BirthplaceRecord? Where => birthplace.Where;

    public bool HasKernelWireGuard => birthplace.HasKernelWireGuard;

    public int? MtuTowards(IPAddress address, uint mark) => birthplace.MtuTowards(address, mark);

    public IReadOnlyList<IPAddress> LookUp(string host, out string? problem)
    {
        problem = "names are not looked up here";
        return [];
    }

    public WireGuardKey PublicKeyOf(SecretKey key) => birthplace.PublicKeyOf(key);

    public IReadOnlyCollection<(string Ifname, Cidr Address)> Addresses => birthplace.Addresses;

    public IReadOnlyCollection<Cidr> NetworksBut(IReadOnlyCollection<string> ifnames) => birthplace.NetworksBut(ifnames);
}
