using System.Globalization;
using System.Text;
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
    internal static ProcessEvidence? Look(ObservedProcess process, NetnsIdentity inside, int? forwarder)
    {
        using var root = ProcessRoot.Of(process.Pid);
        if (root is null)
        {
            return null;
        }

        var sockets = HeldSockets.Of(process.Pid);
        return new ProcessEvidence(
            process.Pid,
            process.Comm,
            Text(root.Read("/etc/resolv.conf")),
            Text(root.Read("/etc/nsswitch.conf")),
            [.. HostSockets.All.Where(s => root.Has(s.Path, p => !s.IsFiltered(p))).Select(s => s.Path)],
            [.. sockets.Where(s => !s.IsUnix && s.Netns is { } at && at != inside).Select(s => string.Create(CultureInfo.InvariantCulture, $"descriptor {s.Fd} ({Family(s.Family)})"))],
            [.. sockets.Where(s => s.IsUnix && s.Peer > 0).Select(s => s.Peer).Distinct().Where(p => IsOutside(p, inside)).Select(Describe)],
            process.Pid == forwarder || (UnitProcesses.UnitOf(process.Pid) is { } unit && PublishUnits.IsOne(unit)));
    }

    /// <summary>False also for one that has ended.</summary>
    internal static bool IsOutside(int pid, NetnsIdentity inside)
    {
        using var netns = Netns.OfProcess(pid);
        return netns is not null && netns.Identity != inside;
    }

    private static string Describe(int pid) => $"{NetnsProcesses.CommandOf(pid)} ({pid.ToString(CultureInfo.InvariantCulture)})";

    // Numbers of linux/socket.h.
    private static string Family(int family) => family switch
    {
        2 => "IPv4",
        10 => "IPv6",
        16 => "netlink",
        17 => "packet",
        40 => "vsock",
        _ => string.Create(CultureInfo.InvariantCulture, $"address family {family}"),
    };

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
