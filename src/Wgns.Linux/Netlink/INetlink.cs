namespace Wgns.Linux.Netlink;

/// <summary>One netlink socket: a request goes out, its answer comes back.</summary>
/// <remarks><see cref="NetlinkSocket"/> asks the kernel, <see cref="ScriptedNetlink"/> replays a script.</remarks>
public interface INetlink : IDisposable
{
    /// <summary>Sends with NLM_F_ACK and returns everything up to the acknowledgement.</summary>
    /// <exception cref="KernelException">
    /// The socket failed, or the answer is malformed (EPROTO). What the kernel answers to the request is in the reply.
    /// </exception>
    NetlinkReply Request(MessageWriter request);

    /// <summary>Sends with NLM_F_DUMP and returns every part up to NLMSG_DONE.</summary>
    /// <remarks>
    /// Asked anew when the kernel says that its tables changed meanwhile; where they never stand still the reply
    /// carries EINTR.
    /// </remarks>
    /// <exception cref="KernelException">As with <see cref="Request"/>.</exception>
    NetlinkReply Dump(MessageWriter request);
}
