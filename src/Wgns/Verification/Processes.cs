using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Sockets;
using Wgns.Observation;
using Wgns.Systemd;

namespace Wgns.Verification;

/// <summary>What a process inside sees and holds.</summary>
internal static class Processes
{
    /// <summary>Null where it ended meanwhile.</summary>
    internal static ProcessEvidence? Look(ObservedProcess process, NetnsIdentity inside, IReadOnlySet<int> forwarders, SocketHolders holders)
    {
        using var root = ProcessRoot.Of(process.Pid);
        if (root is null)
        {
            return null;
        }

        var sockets = HeldSockets.Of(process.Pid);
        var connected = sockets.Where(s => s.IsUnix && s.IsConnected).Select(s => (Socket: s, Holders: HoldersOf(s, holders))).ToList();
        return new ProcessEvidence(
            process.Pid,
            process.Comm,
            Text(root.Read("/etc/resolv.conf")),
            Text(root.Read("/etc/nsswitch.conf")),
            [.. HostSockets.All.Where(s => root.Has(s.Path, p => !s.IsFiltered(p))).Select(s => s.Path)],
            [.. sockets.Where(s => IsForeign(s, inside)).Select(s => string.Create(CultureInfo.InvariantCulture, $"descriptor {s.Fd} ({Family(s.Family)})")),
                .. HeldSockets.TunsNotOf(process.Pid, inside).Select(fd => string.Create(CultureInfo.InvariantCulture, $"descriptor {fd} (TUN or TAP)"))],
            [.. sockets.Where(s => s.IsUnix && s.Peer > 0).Select(s => s.Peer).Concat(connected.SelectMany(c => c.Holders)).Distinct()
                .Where(p => IsOutside(p, inside) is true).Select(Describe)],
            forwarders.Contains(process.Pid) || (UnitProcesses.UnitOf(process.Pid) is { } unit && PublishUnits.IsOne(unit)))
        {
            UnknownPeers = [.. connected.Select(c => Unknown(c.Socket, c.Holders, inside)).OfType<string>().Distinct()],
            ThreadsOutside = NetnsProcesses.ThreadsOutside(process.Pid, inside),
        };
    }

    /// <summary>Where the IPv4 and IPv6 sockets of a process are; null for one in a netns that is not ours to be told of.</summary>
    internal static ImmutableArray<NetnsIdentity?> NetworkSockets(int pid) =>
        [.. HeldSockets.Of(pid).Where(s => s.Family is SocketFamily.Inet or SocketFamily.Inet6).Select(s => s.Netns)];

    // No network namespace holds AF_VSOCK: wherever such a socket was made, it leads to the host of the machine.
    private static bool IsForeign(HeldSocket socket, NetnsIdentity inside) =>
        socket.Family == SocketFamily.Vsock || (!socket.IsUnix && socket.Netns is { } at && at != inside);

    /// <summary>False also for one that has ended; null for another user's, which only root may ask where it is.</summary>
    internal static bool? IsOutside(int pid, NetnsIdentity inside)
    {
        try
        {
            using var netns = Netns.OfProcess(pid);
            return netns is not null && netns.Identity != inside;
        }
        catch (KernelException e) when (e.Errno == Errno.EACCES || e.Errno == Errno.EPERM)
        {
            return null;
        }
    }

    // Who connected, or listened, is what the kernel keeps. Where that process has ended, or it keeps none (datagram sockets), the other
    // end's inode leads to whoever has it by now.
    private static ImmutableArray<int> HoldersOf(HeldSocket socket, SocketHolders holders) =>
        socket.PeerInode > 0 ? [.. holders.Of(socket.PeerInode)]
        : socket.Peer > 0 && !HasEnded(socket.Peer) ? [socket.Peer]
        : [];

    private static string? Unknown(HeldSocket socket, ImmutableArray<int> holders, NetnsIdentity inside) =>
        holders.Where(h => IsOutside(h, inside) is null).ToList() is [var other, ..]
            ? string.Create(CultureInfo.InvariantCulture, $"descriptor {socket.Fd} (to {Describe(other)}, another user's: where that is only root is told)")
        : !holders.IsEmpty ? null
        : socket.Peer == 0 ? string.Create(CultureInfo.InvariantCulture, $"descriptor {socket.Fd} (a peer that the kernel does not tell)")
        : string.Create(CultureInfo.InvariantCulture, $"descriptor {socket.Fd} (process {socket.Peer}, which made the other end, has ended)");

    private static bool HasEnded(int pid) => !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}"));

    private static string Describe(int pid) => $"{NetnsProcesses.CommandOf(pid)} ({pid.ToString(CultureInfo.InvariantCulture)})";

    private static string Family(int family) => family switch
    {
        SocketFamily.Inet => "IPv4",
        SocketFamily.Inet6 => "IPv6",
        SocketFamily.Netlink => "netlink",
        SocketFamily.Packet => "packet",
        SocketFamily.Vsock => "vsock",
        _ => string.Create(CultureInfo.InvariantCulture, $"address family {family}"),
    };

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
