using System.Runtime.CompilerServices;

namespace Wgns.Linux.Netlink;

/// <summary>Which subsystem a netlink socket talks to.</summary>
public enum NetlinkProtocol
{
    /// <summary>Links, addresses, routes: rtnetlink(7).</summary>
    Route = Nl.NETLINK_ROUTE,

    /// <summary>Sockets, those of others too: sock_diag(7).</summary>
    SocketDiagnostics = Nl.NETLINK_SOCK_DIAG,

    /// <summary>Connection tracking; rules go by libnftables.</summary>
    Netfilter = Nl.NETLINK_NETFILTER,

    /// <summary>Families by name, among them WireGuard.</summary>
    Generic = Nl.NETLINK_GENERIC,
}

/// <summary>
/// A netlink socket of the network namespace that the opening thread was in. It keeps that namespace: open it on a
/// short-lived thread inside, use it from any thread afterwards.
/// </summary>
/// <remarks>Raw system calls only; nothing here starts a thread of the runtime. Calls of several threads take turns.</remarks>
public sealed class NetlinkSocket : INetlink
{
    /// <summary>Dump parts grow to what the reader offers, up to this (netlink_recvmsg of the kernel).</summary>
    private const int DumpPart = 32 * 1024;

    private const int DumpAttempts = 8;

    /// <summary>Answers are there before sendto returns; a wait this long means that one was lost.</summary>
    private const int ReceiveTimeoutSeconds = 10;

    private readonly OwnedFd _fd;
    private readonly Lock _lock = new();
    private uint _sequence;

    private NetlinkSocket(OwnedFd fd) => _fd = fd;

    /// <summary>Opens a socket in the calling thread's network namespace.</summary>
    /// <exception cref="KernelException">EPROTONOSUPPORT where the kernel lacks the protocol, EMFILE and the like.</exception>
    public static unsafe NetlinkSocket Open(NetlinkProtocol protocol)
    {
        const string operation = "open a netlink socket";
        var number = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, (int)protocol);
        if (number < 0)
        {
            throw new KernelException(operation, Libc.LastErrno);
        }

        var fd = new OwnedFd(number);
        try
        {
            var address = new SockAddrNl { nl_family = Libc.AF_NETLINK };
            if (Libc.bind(fd, &address, (uint)sizeof(SockAddrNl)) < 0)
            {
                throw new KernelException(operation, Libc.LastErrno);
            }

            // A kernel without one of these (they are of 4.3, 4.12, 4.20) answers all the same, with fewer words.
            int on = 1;
            _ = Libc.setsockopt(fd, Nl.SOL_NETLINK, Nl.NETLINK_CAP_ACK, &on, sizeof(int));
            _ = Libc.setsockopt(fd, Nl.SOL_NETLINK, Nl.NETLINK_EXT_ACK, &on, sizeof(int));
            _ = Libc.setsockopt(fd, Nl.SOL_NETLINK, Nl.NETLINK_GET_STRICT_CHK, &on, sizeof(int));

            var timeout = new Libc.TimeVal { tv_sec = ReceiveTimeoutSeconds };
            if (Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_RCVTIMEO, &timeout, (uint)sizeof(Libc.TimeVal)) < 0)
            {
                throw new KernelException(operation, Libc.LastErrno);
            }

            return new NetlinkSocket(fd);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    public NetlinkReply Request(MessageWriter request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            return Exchange(request, Nl.NLM_F_ACK, 0);
        }
    }

    public NetlinkReply Dump(MessageWriter request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            return Dumping.UntilConsistent(() => Exchange(request, Nl.NLM_F_DUMP, DumpPart), DumpAttempts);
        }
    }

    public void Dispose() => _fd.Dispose();

    private NetlinkReply Exchange(MessageWriter request, ushort flags, int atLeast)
    {
        var sequence = ++_sequence;
        Send(request.Finish(sequence, flags));
        var reply = new NetlinkReply();
        try
        {
            while (!reply.IsComplete)
            {
                Receive(reply, sequence, atLeast);
            }

            return reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }

    private unsafe void Send(ReadOnlySpan<byte> message)
    {
        var kernel = new SockAddrNl { nl_family = Libc.AF_NETLINK };
        fixed (byte* bytes = message)
        {
            nint sent;
            do
            {
                sent = Libc.sendto(_fd, bytes, (nuint)message.Length, 0, &kernel, (uint)sizeof(SockAddrNl));
            }
            while (sent < 0 && Libc.LastErrno == Errno.EINTR);

            if (sent != message.Length)
            {
                throw new KernelException("send a netlink message", sent < 0 ? Libc.LastErrno : Errno.EPROTO);
            }
        }
    }

    private void Receive(NetlinkReply reply, uint sequence, int atLeast)
    {
        // Asking for the size first costs one call and makes truncation impossible.
        var size = Receive([], Libc.MSG_PEEK | Libc.MSG_TRUNC, out _);
        var room = reply.Reserve(Math.Max(size, atLeast));
        var received = Receive(room, Libc.MSG_TRUNC, out var sender);
        if (received > room.Length)
        {
            throw new KernelException("receive a netlink message", Errno.EPROTO, "it grew while it was read");
        }

        // Anybody with CAP_NET_ADMIN may send to a netlink port; only the kernel's word counts.
        if (sender == 0)
        {
            reply.Commit(received, sequence);
        }
    }

    private unsafe int Receive(Span<byte> buffer, int flags, out uint sender)
    {
        SockAddrNl from = default;
        fixed (byte* bytes = buffer)
        {
            nint received;
            do
            {
                var length = (uint)Unsafe.SizeOf<SockAddrNl>();
                received = Libc.recvfrom(_fd, bytes, (nuint)buffer.Length, flags, &from, &length);
            }
            while (received < 0 && Libc.LastErrno == Errno.EINTR);

            if (received < 0)
            {
                var errno = Libc.LastErrno == Errno.EAGAIN ? Errno.ETIMEDOUT : Libc.LastErrno;
                throw new KernelException("receive a netlink message", errno);
            }

            sender = from.nl_pid;
            return (int)received;
        }
    }
}
