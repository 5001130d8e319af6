using System.Diagnostics;
using Wgns.Linux.Events;

namespace Wgns.Linux.Sockets;

/// <summary>
/// A connection to a unix stream socket, each step of which has an end. By system calls alone: .NET starts a thread, an epoll and the tables of
/// all errors for the first socket that it has with a timeout, which was a tenth of an `up` that has nothing to do.
/// </summary>
public sealed unsafe class UnixStream : IDisposable
{
    /// <summary>In bytes; far below half of the smallest buffer (net.core.wmem_default), by which the kernel makes parts.</summary>
    private const int OnePart = 16 * 1024;

    private readonly OwnedFd _fd;

    private UnixStream(OwnedFd fd) => _fd = fd;

    /// <summary>Null where the other end is none that has credentials.</summary>
    public PeerCredentials? Peer => PeerCredentials.Of(_fd.Value);

    /// <summary>Not connected yet.</summary>
    /// <exception cref="KernelException">EMFILE and the like.</exception>
    public static UnixStream Open(string operation)
    {
        var fd = new OwnedFd(Libc.socket(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0));
        return fd.IsInvalid ? throw new KernelException(operation, Libc.LastErrno) : new UnixStream(fd);
    }

    internal static UnixStream Of(OwnedFd connected) => new(connected);

    /// <summary>Waits where the listener's backlog is full.</summary>
    /// <returns>ENOENT or ECONNREFUSED where nobody listens, ETIMEDOUT.</returns>
    public Errno Connect(string path, TimeSpan patience)
    {
        var name = UnixAddress.Of(path);
        var begun = Stopwatch.GetTimestamp();
        fixed (byte* address = name)
        {
            int result;
            do
            {
                SetLimit(Libc.SO_SNDTIMEO, patience, begun);
                result = Libc.connect(_fd.Value, address, (uint)name.Length);
            }
            while (IsInterrupted(result));
            return Verdict(result, out _);
        }
    }

    /// <param name="sent">May be less than all: the kernel's limit is for each of a message's parts, so one of them is sent at a time.</param>
    public Errno Send(ReadOnlySpan<byte> bytes, TimeSpan patience, out int sent)
    {
        var begun = Stopwatch.GetTimestamp();
        fixed (byte* start = bytes)
        {
            nint result;
            do
            {
                SetLimit(Libc.SO_SNDTIMEO, patience, begun);
                result = Libc.send(_fd.Value, start, (nuint)Math.Min(bytes.Length, OnePart), Libc.MSG_NOSIGNAL);
            }
            while (IsInterrupted(result));
            return Verdict(result, out sent);
        }
    }

    /// <param name="received">0 where the other end has closed.</param>
    public Errno Receive(Span<byte> bytes, TimeSpan patience, out int received)
    {
        var begun = Stopwatch.GetTimestamp();
        fixed (byte* start = bytes)
        {
            nint result;
            do
            {
                SetLimit(Libc.SO_RCVTIMEO, patience, begun);
                result = Libc.recv(_fd.Value, start, (nuint)bytes.Length, 0);
            }
            while (IsInterrupted(result));
            return Verdict(result, out received);
        }
    }

    /// <summary>Ends the conversation for whoever waits in it, on another thread too. Not beside <see cref="Dispose"/>.</summary>
    public void End()
    {
        if (!_fd.IsClosed)
        {
            _ = Libc.shutdown(_fd.Value, Libc.SHUT_RDWR);
        }
    }

    public void Dispose() => _fd.Dispose();

    // Where a call has an end a signal interrupts it, SA_RESTART or not (signal(7)).
    private static bool IsInterrupted(nint result) => result < 0 && Libc.LastErrno == Errno.EINTR;

    private static Errno Verdict(nint result, out int count)
    {
        count = (int)Math.Max(result, 0);
        var errno = result < 0 ? Libc.LastErrno : Errno.None;
        return errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno;
    }

    /// <summary>SO_SNDTIMEO and SO_RCVTIMEO of socket(7), to which 0 would be no end, for what is left.</summary>
    private void SetLimit(int option, TimeSpan patience, long begun)
    {
        var microseconds = Math.Max(1, (long)TimeLeft.Of(patience, begun).TotalMicroseconds);
        var limit = new Libc.TimeVal { tv_sec = microseconds / 1_000_000, tv_usec = microseconds % 1_000_000 };
        if (Libc.setsockopt(_fd, Libc.SOL_SOCKET, option, &limit, (uint)sizeof(Libc.TimeVal)) < 0)
        {
            throw new KernelException("set a time limit for a socket", Libc.LastErrno);
        }
    }
}
