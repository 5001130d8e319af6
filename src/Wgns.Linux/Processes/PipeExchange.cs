using System.Diagnostics;
using Wgns.Linux.Events;

namespace Wgns.Linux.Processes;

/// <summary>Feeds a child its input while reading its outputs, so that neither side waits on a full pipe. Raw calls only.</summary>
internal static unsafe class PipeExchange
{
    private const int Chunk = 16384;

    /// <summary>What was read; TimedOut where an output was not closed in time, or before somebody wanted the end.</summary>
    internal readonly record struct Result(byte[] Output, byte[] Errors, bool TimedOut);

    /// <param name="input">Our end of the child's stdin; closed when everything is written or nobody reads.</param>
    internal static Result Run(OwnedFd input, ReadOnlySpan<byte> text, OwnedFd output, OwnedFd errors, TimeSpan patience, CancellationToken stop = default)
    {
        var since = Stopwatch.GetTimestamp();
        var flags = Libc.fcntl(input.Value, Libc.F_GETFL, 0);
        _ = Libc.fcntl(input.Value, Libc.F_SETFL, flags | Libc.O_NONBLOCK);
        using var outputBytes = new MemoryStream();
        using var errorBytes = new MemoryStream();
        var fds = stackalloc Libc.PollFd[3];
        fds[0] = new Libc.PollFd { Fd = input.Value, Events = Libc.POLLOUT };
        fds[1] = new Libc.PollFd { Fd = output.Value, Events = Libc.POLLIN };
        fds[2] = new Libc.PollFd { Fd = errors.Value, Events = Libc.POLLIN };
        while (fds[1].Fd >= 0 || fds[2].Fd >= 0)
        {
            if (fds[0].Fd >= 0 && text.IsEmpty)
            {
                input.Dispose();
                fds[0].Fd = -1;
            }

            if (Polling.Wait(fds, 3, since, patience, stop) == 0)
            {
                return new Result(outputBytes.ToArray(), errorBytes.ToArray(), TimedOut: true);
            }

            if (fds[0] is { Fd: >= 0, Returned: not 0 })
            {
                text = Feed(fds[0].Fd, text);
            }

            Drain(ref fds[1], outputBytes);
            Drain(ref fds[2], errorBytes);
        }

        return new Result(outputBytes.ToArray(), errorBytes.ToArray(), TimedOut: false);
    }

    private static ReadOnlySpan<byte> Feed(int fd, ReadOnlySpan<byte> text)
    {
        fixed (byte* start = text)
        {
            var written = Libc.write(fd, start, (nuint)text.Length);
            return written >= 0 ? text[(int)written..]
                : Libc.LastErrno == Errno.EAGAIN || Libc.LastErrno == Errno.EINTR ? text
                : []; // EPIPE: a child that does not read its input is its own affair
        }
    }

    private static void Drain(ref Libc.PollFd poll, MemoryStream bytes)
    {
        if (poll.Fd < 0 || poll.Returned == 0)
        {
            return;
        }

        var buffer = stackalloc byte[Chunk];
        var length = Libc.read(poll.Fd, buffer, Chunk);
        if (length > 0)
        {
            bytes.Write(new ReadOnlySpan<byte>(buffer, (int)length));
        }
        else if (length == 0 || Libc.LastErrno != Errno.EINTR)
        {
            poll.Fd = -1;
        }
    }
}
