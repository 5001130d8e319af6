using System.Globalization;
using System.Net.Sockets;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Systemd;

/// <summary>Sockets that a service manager listens with and hands over: the protocol of sd_listen_fds(3).</summary>
public static class ListenSockets
{
    /// <summary>SD_LISTEN_FDS_START: the first one's descriptor.</summary>
    public const int First = 3;

    /// <summary>Those that are meant for this process; empty where nobody handed any. To be called once.</summary>
    public static IReadOnlyList<Socket> Take() => Take(
        Environment.GetEnvironmentVariable("LISTEN_PID"), Environment.GetEnvironmentVariable("LISTEN_FDS"), Environment.ProcessId)
        .Select(fd => new Socket(Threads.WithRuntimes(() => new SafeSocketHandle(fd, ownsHandle: true)))).ToList();

    /// <summary>The numbers of the descriptors.</summary>
    internal static IEnumerable<int> Take(string? pid, string? count, int own) =>
        pid == own.ToString(CultureInfo.InvariantCulture) && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Enumerable.Range(First, Math.Min(number, 1024))
            : [];
}
