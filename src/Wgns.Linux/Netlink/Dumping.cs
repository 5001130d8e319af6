namespace Wgns.Linux.Netlink;

/// <summary>How a dump is repeated, apart from how it is sent, so that the socket and its twin do the same.</summary>
internal static class Dumping
{
    /// <summary>
    /// Runs <paramref name="attempt"/> until it comes back without NLM_F_DUMP_INTR, at most <paramref name="attempts"/>
    /// times; then gives EINTR.
    /// </summary>
    internal static NetlinkReply UntilConsistent(Func<NetlinkReply> attempt, int attempts)
    {
        for (var i = 1; ; i++)
        {
            var reply = attempt();
            if (!reply.IsInterrupted || !reply.Errno.IsNone)
            {
                return reply;
            }

            if (i == attempts)
            {
                reply.GiveUp();
                return reply;
            }

            reply.Dispose();
        }
    }
}
