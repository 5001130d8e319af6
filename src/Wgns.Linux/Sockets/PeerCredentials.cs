namespace Wgns.Linux.Sockets;

/// <summary>Who is at the other end of a unix socket (SO_PEERCRED, unix(7)): as it was at connect(2) or listen(2).</summary>
/// <param name="Pid">0 where it is none that this process's pid namespace has.</param>
/// <param name="Uid">As this process's user namespace has it; 65534 where it does not.</param>
public readonly record struct PeerCredentials(int Pid, uint Uid)
{
    /// <summary>Null where the socket has no such end.</summary>
    public static unsafe PeerCredentials? Of(int socket)
    {
        // struct ucred: pid, uid, gid.
        var credentials = stackalloc int[3];
        uint length = 3 * sizeof(int);
        return Libc.getsockopt_number(socket, Libc.SOL_SOCKET, Libc.SO_PEERCRED, credentials, &length) == 0
            ? new PeerCredentials(credentials[0], (uint)credentials[1])
            : null;
    }
}
