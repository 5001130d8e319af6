namespace Wgns.Linux.Rtnetlink;

/// <summary>An address of a link as the kernel reports it.</summary>
/// <param name="LinkIndex">The ifindex of its link.</param>
/// <param name="Cidr">The local address and its prefix length; host bits kept.</param>
/// <param name="Flags">IFA_F_ flags of linux/if_addr.h: 0x80 permanent, 0x40 tentative, 0x08 duplicate, 0x02 no DAD.</param>
/// <param name="Scope">RT_SCOPE_ number: 0 universe, 253 link, 254 host.</param>
public sealed record Address(int LinkIndex, Cidr Cidr, uint Flags, byte Scope);
