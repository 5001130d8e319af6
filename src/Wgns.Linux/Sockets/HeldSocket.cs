using System.Collections.Immutable;
using System.Globalization;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.Tun;

namespace Wgns.Linux.Sockets;

/// <summary>A socket that a process holds.</summary>
/// <param name="Family">AF_INET, AF_UNIX and so on, of linux/socket.h.</param>
/// <param name="Netns">Where it was made, and where what it sends goes; null where the kernel does not tell.</param>
/// <param name="Peer">AF_UNIX: the process that it was connected to, as that was then; 0 where there is none.</param>
public readonly record struct HeldSocket(int Fd, int Family, NetnsIdentity? Netns, int Peer)
{
    public bool IsUnix => Family == Libc.AF_UNIX;

    /// <summary>Whether it has a peer, which for an AF_UNIX datagram socket has no <see cref="Peer"/>: the kernel keeps none.</summary>
    public bool IsConnected { get; init; }

    /// <summary>AF_UNIX, where <see cref="Peer"/> does not tell who has the other end: its inode, 0 where that is not told either.</summary>
    public uint PeerInode { get; init; }
}

/// <summary>The sockets of another process: pidfd_getfd(2), and SIOCGSKNS of linux/sockios.h.</summary>
public static class HeldSockets
{
    /// <summary>By descriptor; empty where the process is gone. One that is closed meanwhile is left out.</summary>
    /// <exception cref="KernelException">EPERM, EACCES: it is not ours to look into, which takes CAP_SYS_PTRACE; ENOSYS before Linux 5.6, EMFILE.</exception>
    public static ImmutableArray<HeldSocket> Of(int pid)
    {
        using var process = Pidfd.TryOpen(pid);
        if (process is null)
        {
            return [];
        }

        var sockets = ImmutableArray.CreateBuilder<HeldSocket>();
        foreach (var number in Numbers(pid))
        {
            using var copy = TryCopy(process, pid, number);
            if (copy is not null)
            {
                sockets.Add(Describe(number, copy));
            }
        }

        return sockets.ToImmutable();
    }

    /// <summary>
    /// Descriptors of /dev/net/tun by which a process reads and writes the packets of another netns than
    /// <paramref name="inside"/>: those whose link is elsewhere, or would be made elsewhere, or that do not tell.
    /// </summary>
    /// <exception cref="KernelException">As of <see cref="Of"/>.</exception>
    public static ImmutableArray<int> TunsNotOf(int pid, NetnsIdentity inside)
    {
        using var process = Pidfd.TryOpen(pid);
        if (process is null)
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<int>();
        foreach (var number in Numbers(pid, "/").Where(n => TunDescriptor.Is(pid, n)))
        {
            using var copy = TryCopy(process, pid, number);

            // Where the link is, if there is one yet (EBADFD), and where the file was opened, in which one would be made.
            if (copy is not null && (NetnsBy(copy, Libc.SIOCGSKNS) != inside || (NetnsBy(copy, Libc.TUNGETDEVNETNS) is { } at && at != inside)))
            {
                found.Add(number);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Null where it is closed by now (EBADF), or its process has ended (ESRCH). Nothing else that is not seen may pass for nothing there.</summary>
    private static OwnedFd? TryCopy(OwnedFd process, int pid, int number)
    {
        var fd = (int)Libc.syscall(Syscall.pidfd_getfd, process.Value, number, 0, 0);
        return fd >= 0 ? new OwnedFd(fd)
            : Libc.LastErrno == Errno.EBADF || Libc.LastErrno == Errno.ESRCH ? null
            : throw new KernelException($"look at descriptor {number} of process {pid}", Libc.LastErrno);
    }

    private static NetnsIdentity? NetnsBy(OwnedFd file, int request)
    {
        using var netns = TryOpenNetns(file, request);
        return netns?.Identity;
    }

    private static Netns? TryOpenNetns(OwnedFd file, int request)
    {
        var fd = Libc.ioctl(file.Value, (uint)request, 0);
        return fd < 0 ? null : Netns.Adopt(new OwnedFd(fd));
    }

    private static List<int> Numbers(int pid, string kind = "socket:[")
    {
        try
        {
            return
            [
                .. new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")).EnumerateFileSystemInfos()
                    .Where(f => f.LinkTarget?.StartsWith(kind, StringComparison.Ordinal) == true)
                    .Select(f => int.Parse(f.Name, CultureInfo.InvariantCulture))
                    .Order(),
            ];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return []; // ended meanwhile
        }
        catch (UnauthorizedAccessException)
        {
            throw new KernelException($"look at the descriptors of process {pid}", Errno.EACCES);
        }
    }

    private static unsafe HeldSocket Describe(int number, OwnedFd socket)
    {
        var family = Libc.AF_UNSPEC;
        uint length = sizeof(int);
        _ = Libc.getsockopt(socket, Libc.SOL_SOCKET, Libc.SO_DOMAIN, &family, &length);
        using var netns = TryOpenNetns(socket, Libc.SIOCGSKNS);
        var isConnected = HasPeer(socket);
        var peer = family == Libc.AF_UNIX ? PeerCredentials.Of(socket.Value)?.Pid ?? 0 : 0;
        return new HeldSocket(number, family, netns?.Identity, peer)
        {
            IsConnected = isConnected,
            PeerInode = family == Libc.AF_UNIX && isConnected && !IsAlive(peer) ? UnixDiag.PeerOf(netns, InodeOf(socket)) : 0,
        };
    }

    private static bool IsAlive(int pid) => pid > 0 && Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}"));

    private static unsafe ulong InodeOf(OwnedFd socket)
    {
        Libc.Statx stat;
        return Libc.statx(socket.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) == 0
            ? stat.Inode
            : throw new KernelException("stat a socket", Libc.LastErrno);
    }

    // ENOTCONN of getpeername(2) for one that listens, or was never connected; the address itself may be cut off.
    private static unsafe bool HasPeer(OwnedFd socket)
    {
        ushort family;
        uint length = sizeof(ushort);
        return Libc.getpeername(socket.Value, &family, &length) == 0;
    }
}
