using System.Collections.Immutable;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Addresses.</summary>
public sealed partial class Rtnl
{
    /// <summary>Every address of every link, both families, in the kernel's order.</summary>
    public ImmutableArray<Address> GetAddresses()
    {
        const string operation = "list addresses";
        using var request = AddressEncoding.List();
        using var reply = Asking(operation, () => netlink.Dump(request));
        reply.Check(operation);
        var addresses = ImmutableArray.CreateBuilder<Address>(reply.Count);
        foreach (var message in reply)
        {
            if (AddressDecoding.Decode(message) is { } address)
            {
                addresses.Add(address);
            }
        }

        return addresses.ToImmutable();
    }

    /// <param name="noDad">
    /// IFA_F_NODAD, IPv6 only: usable at once, without duplicate address detection. A WireGuard link has none anyway.
    /// </param>
    /// <returns>None; EEXIST where the link has it already.</returns>
    public Errno AddAddress(Link link, Cidr address, bool noDad = false)
    {
        ArgumentNullException.ThrowIfNull(link);
        var request = AddressEncoding.New(link.Index, address, noDad);
        return Run($"add address {address} to {link.Name}", request, Errno.EEXIST);
    }

    /// <returns>None; EADDRNOTAVAIL where the link does not have it; ENODEV where the link has gone.</returns>
    public Errno DelAddress(Link link, Cidr address)
    {
        ArgumentNullException.ThrowIfNull(link);
        var request = AddressEncoding.Delete(link.Index, address);
        return Run($"delete address {address} from {link.Name}", request, Errno.EADDRNOTAVAIL, Errno.ENODEV);
    }
}
