namespace Wgns.Linux.Events;

/// <summary>Wakes a sleeper from another thread: an eventfd(2).</summary>
public sealed class Bell : IEventSource
{
    public Bell()
    {
        Fd = new OwnedFd(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK));
        if (Fd.IsInvalid)
        {
            throw new KernelException("create an event descriptor", Libc.LastErrno);
        }
    }

    public OwnedFd Fd { get; }

    /// <summary>From any thread. Rung twice before anybody looked is rung once.</summary>
    public unsafe void Ring()
    {
        ulong one = 1;
        nint written;
        do
        {
            written = Libc.write(Fd.Value, &one, sizeof(ulong));
        }
        while (written < 0 && Libc.LastErrno == Errno.EINTR);
    }

    public unsafe bool Drain()
    {
        ulong count;
        return Libc.read(Fd.Value, &count, sizeof(ulong)) == sizeof(ulong);
    }

    /// <summary>Sleeps until it is rung.</summary>
    public void Await()
    {
        while (!Drain())
        {
            _ = Polling.Wait(Fd, Libc.POLLIN, TimeSpan.MaxValue);
        }
    }

    public void Dispose() => Fd.Dispose();
}
