using System.Globalization;
using System.Text;

namespace Wgns.Linux.Files;

/// <summary>What /proc/PID/fdinfo tells of a descriptor: proc_pid_fdinfo(5).</summary>
internal static class DescriptorInfo
{
    /// <summary>Whether it is one of /dev/net/tun, with a link or yet without: tun_chr_show_fdinfo of drivers/net/tun.c writes "iff:".</summary>
    /// <param name="process">A pid, or "self".</param>
    internal static bool IsTun(string process, int fd)
    {
        try
        {
            return ProcFile.TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fdinfo/{fd}")) is { } text
                && IsTun(Encoding.UTF8.GetString(text));
        }
        catch (KernelException e) when (e.Errno == Errno.ESRCH)
        {
            return false; // ended, or closed, while we looked
        }
    }

    internal static bool IsTun(string info) => info.Split('\n').Any(l => l.StartsWith("iff:", StringComparison.Ordinal));
}
