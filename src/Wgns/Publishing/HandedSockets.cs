using System.Globalization;
using Wgns.Linux.Systemd;

namespace Wgns.Publishing;

/// <summary>What sd_listen_fds(3) says of the sockets that a service manager hands in.</summary>
public static class HandedSockets
{
    /// <summary>Variables that whoever we execute must not take for theirs.</summary>
    public static readonly string[] Variables =
    [
        "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY",
    ];

    /// <summary>Why a descriptor was not handed to us; null where it was, or where nobody says (who executed us may just keep one open).</summary>
    /// <param name="pid">LISTEN_PID, null where it is not set.</param>
    /// <param name="count">LISTEN_FDS.</param>
    public static string? Problem(int descriptor, string? pid, string? count, int own)
    {
        if (pid is null && count is null)
        {
            return null;
        }

        if (pid is not null && (!int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var meant) || meant != own))
        {
            return $"LISTEN_PID is {pid}: the sockets were handed to another process";
        }

        return int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && descriptor < ListenSockets.First + number
            ? null
            : $"LISTEN_FDS is {count ?? "not set"}: there is no descriptor {descriptor.ToString(CultureInfo.InvariantCulture)}";
    }
}
