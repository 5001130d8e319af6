namespace Wgns.Linux.Rtnetlink;

/// <summary>A network interface as the kernel reports it.</summary>
/// <param name="Index">The ifindex, unique within its network namespace, 1 or more.</param>
/// <param name="Name">The ifname, 1 to 15 bytes.</param>
/// <param name="Kind">IFLA_INFO_KIND ("wireguard", "veth", "dummy", "tun"); null for hardware and lo.</param>
/// <param name="Mtu">Bytes; 0 where the kernel gave none.</param>
/// <param name="IsUp">IFF_UP: set up by somebody. Says nothing of a carrier.</param>
/// <param name="PeerIndex">IFLA_LINK: of a veth, its peer's ifindex in the peer's netns; null where there is none.</param>
/// <param name="LinkNetnsId">
/// IFLA_LINK_NETNSID: the id of the netns that the peer, or a WireGuard device's birthplace, is in; null where that is
/// this one, -1 where it has no id here.
/// </param>
public sealed record Link(int Index, string Name, string? Kind, int Mtu, bool IsUp, int? PeerIndex, int? LinkNetnsId);

/// <summary>A link to make.</summary>
/// <param name="Name">1 to 15 bytes.</param>
/// <param name="Mtu">Bytes; null leaves the kind's default.</param>
/// <param name="Netns">Where it comes to life; null is the socket's own. Borrowed for the call.</param>
public sealed record LinkEnd(string Name, int? Mtu = null, OwnedFd? Netns = null);

/// <summary>What to change of a link; a null leaves what is there. All of it goes in one message.</summary>
/// <param name="Up">Sets or clears IFF_UP.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="Name">Renames; kernels before 6.2 refuse it (EBUSY) while the link is up.</param>
/// <param name="Netns">Moves, taking the new name on arrival where one is given. Borrowed for the call.</param>
public sealed record LinkChange(bool? Up = null, int? Mtu = null, string? Name = null, OwnedFd? Netns = null);
