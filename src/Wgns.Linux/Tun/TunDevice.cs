using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Wgns.Linux.Tun;

/// <summary>A TUN with the kernel's offloads, of one queue or several: <c>linux/if_tun.h</c>, Documentation/networking/tuntap.rst.</summary>
public sealed class TunDevice : IDisposable
{
    private const string Path = "/dev/net/tun";

    /// <summary>sizeof(struct ifreq), of which the name's 16 bytes and two of flags are used here.</summary>
    private const int RequestSize = 40;

    private const int NameSize = 16;

    // TUN_F_USO4 and TUN_F_USO6, in the headers since Linux 6.2.
    private const int UdpSegmentation4 = 0x20;
    private const int UdpSegmentation6 = 0x40;

    private TunDevice(string ifname, ImmutableArray<TunQueue> queues, bool segmentsUdp)
    {
        Ifname = ifname;
        Queues = queues;
        SegmentsUdp = segmentsUdp;
    }

    public string Ifname { get; }

    /// <summary>Packets of one flow come by one of them.</summary>
    public ImmutableArray<TunQueue> Queues { get; }

    /// <summary>Whether many UDP datagrams may come and go as one packet: Linux 6.2.</summary>
    public bool SegmentsUdp { get; }

    /// <summary>Makes the device in the calling thread's netns. Raw system calls only: may be used on a netns thread.</summary>
    /// <param name="queues">1 to 256.</param>
    /// <exception cref="KernelException">
    /// EBUSY: the name is taken. ENOENT, ENODEV: no /dev/net/tun here, or no such driver. EPERM: without CAP_NET_ADMIN.
    /// </exception>
    public static TunDevice Open(string ifname, int queues) => Open(ifname, queues, queues > 1, isNew: true);

    /// <summary>Takes over a device that is there without its queues, in the calling thread's netns. Raw system calls only.</summary>
    /// <param name="queues">1 to 256; one is taken of a device that is not made for many.</param>
    /// <param name="isMany">Whether it was made for several queues.</param>
    /// <exception cref="KernelException">EBUSY: somebody has it open (of one for many the kernel does not say so). EINVAL: it is no TUN. EPERM.</exception>
    public static TunDevice TakeOver(string ifname, int queues, bool isMany) => Open(ifname, isMany ? queues : 1, isMany, isNew: false);

    private static TunDevice Open(string ifname, int queues, bool isMany, bool isNew)
    {
        ArgumentNullException.ThrowIfNull(ifname);
        var opened = ImmutableArray.CreateBuilder<TunQueue>(queues);
        try
        {
            var segmentsUdp = true;
            for (var i = 0; i < queues; i++)
            {
                var queue = new TunQueue(OpenQueue(ifname, isNew && i == 0, isMany));
                opened.Add(queue);
                if (i == 0)
                {
                    Own(queue.Fd);
                }

                segmentsUdp &= SetOffloads(queue.Fd);
            }

            return new TunDevice(ifname, opened.MoveToImmutable(), segmentsUdp);
        }
        catch
        {
            foreach (var queue in opened)
            {
                queue.Dispose();
            }

            throw;
        }
    }

    /// <summary>Whether this user may open /dev/net/tun; none is success.</summary>
    public static Errno Probe()
    {
        using var fd = new OwnedFd(Libc.openat(Libc.AT_FDCWD, Path, Libc.O_RDWR | Libc.O_CLOEXEC, 0));
        return fd.IsInvalid ? Libc.LastErrno : Errno.None;
    }

    /// <summary>Whether it is to stay without its queues, closed, until it is deleted or its netns is gone, or goes with the last of them.</summary>
    /// <returns>False where it is gone already.</returns>
    public bool TryPersist(bool stays)
    {
        if (Libc.ioctl(Queues[0].Fd.Value, Libc.TUNSETPERSIST, stays ? 1 : 0) == 0)
        {
            return true;
        }

        return Libc.LastErrno == Errno.EBADFD ? false : throw new KernelException($"keep TUN {Ifname}", Libc.LastErrno);
    }

    public void Dispose()
    {
        foreach (var queue in Queues)
        {
            queue.Dispose();
        }
    }

    private static unsafe OwnedFd OpenQueue(string ifname, bool isNew, bool isOneOfMany)
    {
        var fd = new OwnedFd(Libc.openat(Libc.AT_FDCWD, Path, Libc.O_RDWR | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0));
        if (fd.IsInvalid)
        {
            throw new KernelException($"open {Path}", Libc.LastErrno);
        }

        var request = stackalloc byte[RequestSize];
        var bytes = new Span<byte>(request, RequestSize);
        bytes.Clear();
        if (Encoding.UTF8.GetByteCount(ifname) >= NameSize)
        {
            fd.Dispose();
            throw new KernelException($"create TUN {ifname}", Errno.ENAMETOOLONG);
        }

        Encoding.UTF8.GetBytes(ifname, bytes);
        var flags = Libc.IFF_TUN | Libc.IFF_NO_PI | Libc.IFF_VNET_HDR
            | (isOneOfMany ? Libc.IFF_MULTI_QUEUE : 0)

            // Never a device that somebody else left there.
            | (isNew ? Libc.IFF_TUN_EXCL : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[NameSize..], (ushort)flags);
        if (Libc.ioctl(fd.Value, Libc.TUNSETIFF, (nint)request) < 0)
        {
            var errno = Libc.LastErrno;
            fd.Dispose();
            throw new KernelException($"create TUN {ifname}", errno);
        }

        return fd;
    }

    // One without an owner may be opened by anybody in its netns, and get packets that are others'; its owner may, too, though he be
    // root without capabilities. Nobody has this uid; with CAP_NET_ADMIN in the netns one needs none (tun_not_capable of drivers/net/tun.c).
    private static void Own(OwnedFd fd)
    {
        // A user namespace has few: there it is ours.
        if (Libc.ioctl(fd.Value, Libc.TUNSETOWNER, unchecked((nint)(uint)-2)) < 0
            && (Libc.LastErrno != Errno.EINVAL || Libc.ioctl(fd.Value, Libc.TUNSETOWNER, (nint)Libc.geteuid()) < 0))
        {
            throw new KernelException("own the TUN", Libc.LastErrno);
        }
    }

    /// <returns>Whether UDP is segmented, too.</returns>
    private static bool SetOffloads(OwnedFd fd)
    {
        const int tcp = Libc.TUN_F_CSUM | Libc.TUN_F_TSO4 | Libc.TUN_F_TSO6;
        if (Libc.ioctl(fd.Value, Libc.TUNSETOFFLOAD, tcp | UdpSegmentation4 | UdpSegmentation6) == 0)
        {
            return true;
        }

        return Libc.ioctl(fd.Value, Libc.TUNSETOFFLOAD, tcp) == 0
            ? false
            : throw new KernelException("set the TUN's offloads", Libc.LastErrno);
    }
}
