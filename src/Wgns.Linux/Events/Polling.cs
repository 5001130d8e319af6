using System.Diagnostics;

namespace Wgns.Linux.Events;

/// <summary>poll(2) with a deadline that signals do not move.</summary>
internal static class Polling
{
    /// <summary>How often it is looked whether somebody wants the end.</summary>
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    internal static unsafe bool Wait(OwnedFd fd, short events, TimeSpan patience, CancellationToken stop = default)
    {
        Libc.PollFd one = new() { Fd = fd.Value, Events = events };
        return Wait(&one, 1, Stopwatch.GetTimestamp(), patience, stop) > 0;
    }

    /// <summary>How many of the descriptors are ready; 0 when the time is up. A negative Fd is passed over.</summary>
    /// <param name="stop">Ends the waiting as its time does.</param>
    internal static unsafe int Wait(Libc.PollFd* fds, int count, long since, TimeSpan patience, CancellationToken stop = default)
    {
        while (true)
        {
            var left = stop.IsCancellationRequested ? TimeSpan.Zero : patience - Stopwatch.GetElapsedTime(since);
            var now = stop.CanBeCanceled && left > s_look ? s_look : left;
            var milliseconds = now <= TimeSpan.Zero ? 0 : (int)Math.Min(Math.Ceiling(now.TotalMilliseconds), int.MaxValue);
            var ready = Libc.poll(fds, (nuint)count, milliseconds);
            if (ready > 0 || (ready == 0 && now == left))
            {
                return ready;
            }

            if (ready < 0 && Libc.LastErrno != Errno.EINTR)
            {
                throw new KernelException("poll", Libc.LastErrno);
            }
        }
    }
}
