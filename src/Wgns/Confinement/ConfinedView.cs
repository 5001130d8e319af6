using System.Collections.Immutable;

namespace Wgns.Confinement;

/// <summary>
/// What a confined process sees of the machine: the one description that drop-ins, `exec` and the Nix module are made of.
/// Pure data; UnitDirectives in Systemd says it to systemd, <see cref="CommandMounts"/> to the kernel.
/// </summary>
/// <param name="Name">The namespace.</param>
/// <param name="Paths">Where its files are.</param>
public sealed record ConfinedView(string Name, RuntimePaths Paths)
{
    /// <summary>
    /// The files that decide where names are looked up. Each must be in /etc/netns/NAME: the host's own would stand there.
    /// </summary>
    public static readonly ImmutableArray<string> DnsFiles = ["resolv.conf", "nsswitch.conf"];

    /// <summary>
    /// The sockets that can be made. AF_VSOCK is what it is for: a virtual machine's way to its host, of which no network
    /// namespace knows. The rest of what is not here is closed because nobody has looked at it.
    /// </summary>
    public static readonly ImmutableArray<string> AddressFamilies = ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET"];

    /// <summary>The other files and directories of /etc/netns/NAME, by name: each stands for the one of /etc.</summary>
    public ImmutableArray<string> MoreEtc { get; init; } = [];

    /// <summary>
    /// Directories of /etc that are the host's own inside too, at every moment, and can be written to. The rest is as
    /// it was when the service started, and read-only.
    /// </summary>
    public ImmutableArray<string> LiveEtc { get; init; } = [];

    /// <summary>Paths below /run besides those that everybody gets: the process's own, and what was asked for.</summary>
    public ImmutableArray<string> MoreRun { get; init; } = [];

    /// <summary>Whether what the user's own session has is hidden from a command: its bus, and the sockets of X and Wayland.</summary>
    public bool Isolates { get; init; }

    /// <summary>/run/netns/NAME</summary>
    public string Netns => Paths.NetnsFile(Name);

    /// <summary>Where wgns-etc@NAME.service puts what services get for /etc.</summary>
    public string PreparedEtc => EtcTree.Current(Paths, Name);
}
