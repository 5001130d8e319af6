using Wgns.Linux.Netlink;

namespace Wgns.Linux.Rtnetlink;

/// <summary>
/// Links, addresses and routes of one network namespace, the one of <paramref name="netlink"/>, which it owns:
/// rtnetlink(7). Named as the kernel names it in short, since the namespace has the long name.
/// </summary>
/// <remarks>
/// Answers that a caller reckons with come back as an <see cref="Errno"/>; all others are a
/// <see cref="KernelException"/> with the operation in words and the kernel's own sentence.
/// </remarks>
public sealed partial class Rtnl(INetlink netlink) : IDisposable
{
    /// <summary>Opens one in the calling thread's network namespace. Safe on a netns thread.</summary>
    /// <exception cref="KernelException">As <see cref="NetlinkSocket.Open"/>.</exception>
    public static Rtnl Open() => new(NetlinkSocket.Open(NetlinkProtocol.Route));

    public void Dispose() => netlink.Dispose();

    /// <summary>Sends, and returns the verdict where it is success or one of <paramref name="expected"/>.</summary>
    private Errno Run(string operation, MessageWriter request, params ReadOnlySpan<Errno> expected)
    {
        using (request)
        using (var reply = Asking(operation, () => netlink.Request(request)))
        {
            return reply.Check(operation, expected);
        }
    }

    /// <summary>A failure of the socket itself gets the operation's words, too.</summary>
    private static NetlinkReply Asking(string operation, Func<NetlinkReply> ask)
    {
        try
        {
            return ask();
        }
        catch (KernelException e)
        {
            throw new KernelException($"{operation}: {e.Operation}", e.Errno, e.Extack);
        }
    }
}
