using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>Requests about addresses, as rtnetlink(7) and linux/if_addr.h lay them out.</summary>
internal static class AddressEncoding
{
    internal static MessageWriter List() => new MessageWriter(Rt.RTM_GETADDR).Struct(default(IfAddrMsg));

    internal static MessageWriter New(int link, Cidr address, bool noDad) =>
        Message(Rt.RTM_NEWADDR, Nl.NLM_F_CREATE | Nl.NLM_F_EXCL, link, address, noDad);

    internal static MessageWriter Delete(int link, Cidr address) => Message(Rt.RTM_DELADDR, 0, link, address, noDad: false);

    internal static byte Family(Cidr cidr) => cidr.IsIPv6 ? Rt.AF_INET6 : Rt.AF_INET;

    private static MessageWriter Message(ushort type, ushort flags, int link, Cidr address, bool noDad)
    {
        var bytes = address.Address.GetAddressBytes();
        return new MessageWriter(type, flags)
            .Struct(new IfAddrMsg
            {
                ifa_family = Family(address),
                ifa_prefixlen = (byte)address.PrefixLength,
                ifa_flags = noDad && address.IsIPv6 ? Rt.IFA_F_NODAD : (byte)0,
                ifa_index = (uint)link,
            })
            .Bytes(Rt.IFA_LOCAL, bytes)
            .Bytes(Rt.IFA_ADDRESS, bytes);
    }
}
