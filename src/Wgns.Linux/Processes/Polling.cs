using System.Diagnostics;

namespace Wgns.Linux.Processes;

/// <summary>poll(2) with a deadline that signals do not move.</summary>
internal static class Polling
{
    internal static unsafe bool Wait(OwnedFd fd, short events, TimeSpan patience)
    {
        Libc.PollFd one = new() { Fd = fd.Value, Events = events };
        return Wait(&one, 1, Stopwatch.GetTimestamp(), patience) > 0;
    }

    /// <summary>How many of the descriptors are ready; 0 when the time is up. A negative Fd is passed over.</summary>
    internal static unsafe int Wait(Libc.PollFd* fds, int count, long since, TimeSpan patience)
    {
        while (true)
        {
            var left = patience - Stopwatch.GetElapsedTime(since);
            var milliseconds = left <= TimeSpan.Zero ? 0 : (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue);
            var ready = Libc.poll(fds, (nuint)count, milliseconds);
            if (ready >= 0)
            {
                return ready;
            }

            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new KernelException("poll", Libc.LastErrno);
            }
        }
    }
}
