using System.Collections.Immutable;
using System.Globalization;
using Wgns.Linux.Namespaces;

namespace Wgns.Linux.Sockets;

/// <summary>A socket that a process holds.</summary>
/// <param name="Family">AF_INET, AF_UNIX and so on, of linux/socket.h.</param>
/// <param name="Netns">Where it was made, and where what it sends goes; null where the kernel does not tell.</param>
/// <param name="Peer">AF_UNIX: the process that it was connected to, as that was then; 0 where there is none.</param>
public readonly record struct HeldSocket(int Fd, int Family, NetnsIdentity? Netns, int Peer)
{
    public bool IsUnix => Family == Libc.AF_UNIX_FAMILY;
}

/// <summary>The sockets of another process: pidfd_getfd(2), and SIOCGSKNS of linux/sockios.h.</summary>
public static class HeldSockets
{
    /// <summary>By descriptor; empty where the process is gone. One that is closed meanwhile is left out.</summary>
    /// <exception cref="KernelException">EPERM: it is not ours to look into, which takes CAP_SYS_PTRACE.</exception>
    public static ImmutableArray<HeldSocket> Of(int pid)
    {
        using var process = new OwnedFd((int)Libc.syscall(Syscall.pidfd_open, pid, 0, 0, 0));
        if (process.IsInvalid)
        {
            return Libc.LastErrno == Errno.ESRCH ? [] : throw new KernelException($"open process {pid}", Libc.LastErrno);
        }

        var sockets = ImmutableArray.CreateBuilder<HeldSocket>();
        foreach (var number in Numbers(pid))
        {
            using var copy = new OwnedFd((int)Libc.syscall(Syscall.pidfd_getfd, process.Value, number, 0, 0));
            if (!copy.IsInvalid)
            {
                sockets.Add(Describe(number, copy));
            }
            else if (Libc.LastErrno == Errno.EPERM)
            {
                throw new KernelException($"look at descriptor {number} of process {pid}", Errno.EPERM);
            }
        }

        return sockets.ToImmutable();
    }

    private static List<int> Numbers(int pid)
    {
        try
        {
            return
            [
                .. new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")).EnumerateFileSystemInfos()
                    .Where(f => f.LinkTarget?.StartsWith("socket:[", StringComparison.Ordinal) == true)
                    .Select(f => int.Parse(f.Name, CultureInfo.InvariantCulture))
                    .Order(),
            ];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return []; // ended meanwhile
        }
    }

    private static unsafe HeldSocket Describe(int number, OwnedFd socket)
    {
        var family = Libc.AF_UNSPEC;
        uint length = sizeof(int);
        _ = Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_DOMAIN_OPTION, &family, &length);
        NetnsIdentity? netns = null;
        var fd = Libc.ioctl(socket.Value, Libc.SIOCGSKNS, 0);
        if (fd >= 0)
        {
            using var owned = Netns.Adopt(new OwnedFd(fd));
            netns = owned.Identity;
        }

        return new HeldSocket(number, family, netns, family == Libc.AF_UNIX_FAMILY ? PeerOf(socket) : 0);
    }

    private static unsafe int PeerOf(OwnedFd socket)
    {
        // struct ucred: pid, uid, gid.
        var credentials = stackalloc int[3];
        uint length = 3 * sizeof(int);
        return Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials, &length) == 0 ? credentials[0] : 0;
    }
}
