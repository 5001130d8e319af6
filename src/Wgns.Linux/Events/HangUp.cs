namespace Wgns.Linux.Events;

/// <summary>Tells when the other end of a pipe or a socket is closed; what is written there meanwhile is thrown away.</summary>
public sealed class HangUp(OwnedFd fd) : IEventSource
{
    public OwnedFd Fd => fd;

    public unsafe bool Drain()
    {
        var buffer = stackalloc byte[256];
        return Libc.read(fd.Value, buffer, 256) is var length && (length == 0 || (length < 0 && Libc.LastErrno != Errno.EINTR && Libc.LastErrno != Errno.EAGAIN));
    }

    public void Dispose() => fd.Dispose();
}
