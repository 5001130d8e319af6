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
public sealed record Link(int Index, string Name, string? Kind, int Mtu, bool IsUp, int? PeerIndex, int? LinkNetnsId)
{
    /// <summary>IFLA_IFALIAS: a text for people, or for who made it; null where there is none.</summary>
    public string? Alias { get; init; }

    /// <summary>IFF_LOWER_UP: it is up, and there is somebody at the other end; of a TUN, somebody who has it open.</summary>
    public bool HasCarrier { get; init; }

    /// <summary>Null for what is no TUN, and where the kernel does not tell (before 4.18).</summary>
    public TunQueues? Tun { get; init; }
}

/// <summary>Who has a TUN open: IFLA_TUN_MULTI_QUEUE and IFLA_TUN_NUM_QUEUES.</summary>
/// <param name="IsMany">Whether it was made for several.</param>
/// <param name="Count">Descriptors that are attached; of one that is not for many the kernel does not tell, and it is 0.</param>
public sealed record TunQueues(bool IsMany, int Count);

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
/// <param name="Alias">At most 255 bytes.</param>
public sealed record LinkChange(bool? Up = null, int? Mtu = null, string? Name = null, OwnedFd? Netns = null, string? Alias = null);
