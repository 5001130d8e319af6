using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.Tun;

namespace Wgns.Engine.Embedded;

/// <summary>
/// The TUN of an engine, and rtnetlink where it is. It outlives an engine that is killed, closed, with its addresses and routes; the
/// next one goes on with it. Its mark, the interface's alias, tells it from anybody else's of that name.
/// </summary>
internal static class EngineTun
{
    /// <summary>The mark of the engine that is configured by a socket: the random name in the record of whoever started it.</summary>
    internal static string MarkOf(string socket) => Path.GetFileNameWithoutExtension(socket);

    /// <summary>Makes a new one, which goes with this process until <see cref="TunDevice.TryPersist"/>.</summary>
    /// <param name="queues">1 to 256.</param>
    /// <exception cref="KernelException">EBUSY: the name is taken inside; EPERM; whatever else the kernel says.</exception>
    internal static (TunDevice Tun, Rtnl Inside) Make(OwnedFd netns, string ifname, string mark, int queues)
    {
        var (tun, inside) = NetnsThread.Run(netns, () => (TunDevice.Open(ifname, queues), Rtnl.Open()));
        var link = inside.GetLink(ifname) ?? throw new KernelException($"find TUN {ifname}", Errno.ENODEV);
        Alone(link, tun);
        inside.SetLink(link, new LinkChange(Alias: mark));
        return (tun, inside);
    }

    /// <summary>Goes on with the one that an engine of this mark left.</summary>
    /// <param name="index">Its ifindex.</param>
    /// <param name="queues">1 to 256; of a device that is not made for several it is one.</param>
    /// <exception cref="OperationFailedException">It is not there any more, it is another's, or somebody has it open.</exception>
    internal static (TunDevice Tun, Rtnl Inside) TakeOver(OwnedFd netns, string ifname, string mark, int index, int queues)
    {
        var inside = NetnsThread.Run(netns, Rtnl.Open);
        if (inside.GetLink(ifname) is not { Kind: LinkKind.Tun, Tun: { } there } link || link.Index != index || link.Alias != mark)
        {
            throw new OperationFailedException($"the device {ifname} that it was to go on with is not there any more");
        }

        // The kernel lets several have one that is made for many, and would share packets out among them.
        if (there.Count > 0)
        {
            throw Busy(ifname);
        }

        try
        {
            var tun = NetnsThread.Run(netns, () => TunDevice.TakeOver(ifname, queues, there.IsMany));

            // Where it was deleted in between, the kernel has made a new one, which goes with this process.
            if (inside.GetLink(ifname) is not { } now || now.Index != index)
            {
                throw new OperationFailedException($"the device {ifname} that it was to go on with has just been deleted");
            }

            Alone(now, tun);
            return (tun, inside);
        }
        catch (KernelException e) when (e.Errno == Errno.EBUSY)
        {
            throw Busy(ifname);
        }
    }

    /// <summary>Whether a link is the device of an engine that was killed, which nobody has open, whatever became of its record.</summary>
    internal static bool IsLeft(Link link) =>
        link is { Kind: LinkKind.Tun, Tun: { } there, Alias: { } alias }
        && TemporaryName.Is(alias)
        && (there.IsMany ? there.Count == 0 : link is { IsUp: true, HasCarrier: false });

    /// <summary>In the moment before it has an owner, whoever is inside may get a queue of it, and keeps that.</summary>
    private static void Alone(Link link, TunDevice tun)
    {
        if (link.Tun is { IsMany: true } there && there.Count != tun.Queues.Length)
        {
            tun.Dispose();
            throw Busy(link.Name);
        }
    }

    private static OperationFailedException Busy(string ifname) =>
        new($"another process has the device {ifname} open: end that process, or delete the device where an engine left it that died");
}
