using System.Diagnostics;

namespace Wgns.Linux.Events;

/// <summary>One poll(2) over everything that can happen: a process that waits so has no timers and no threads for it.</summary>
public static class Sleep
{
    /// <summary>Waits until one of <paramref name="sources"/> has something, or the time is up.</summary>
    /// <returns>Those that had something that matters; empty when the time is up, or where nothing of it mattered.</returns>
    public static unsafe IReadOnlyList<IEventSource> Until(IReadOnlyList<IEventSource> sources, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var fds = stackalloc Libc.PollFd[sources.Count];
        for (var i = 0; i < sources.Count; i++)
        {
            fds[i] = new Libc.PollFd { Fd = sources[i].Fd.Value, Events = Libc.POLLIN };
        }

        if (Polling.Wait(fds, sources.Count, Stopwatch.GetTimestamp(), patience) == 0)
        {
            return [];
        }

        var happened = new List<IEventSource>();
        for (var i = 0; i < sources.Count; i++)
        {
            if (fds[i].Returned != 0 && sources[i].Drain())
            {
                happened.Add(sources[i]);
            }
        }

        return happened;
    }

    /// <summary>Waits, however long, until a descriptor has something or a bell rings. Allocates nothing.</summary>
    /// <returns>Whether it was the bell.</returns>
    public static unsafe bool UntilReadable(OwnedFd one, Bell bell)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(bell);
        var fds = stackalloc Libc.PollFd[2];
        fds[0] = new Libc.PollFd { Fd = one.Value, Events = Libc.POLLIN };
        fds[1] = new Libc.PollFd { Fd = bell.Fd.Value, Events = Libc.POLLIN };
        while (Libc.poll(fds, 2, -1) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new KernelException("poll", Libc.LastErrno);
            }
        }

        return fds[1].Returned != 0 && bell.Drain();
    }
}
