namespace Wgns.Linux.Events;

/// <summary>Tells of whatever poll(2) says of a descriptor: something to read, its other end closed, an error. Reads nothing.</summary>
public sealed class AnyEvent(OwnedFd fd) : IEventSource
{
    public OwnedFd Fd => fd;

    public bool Drain() => true;

    public void Dispose() => fd.Dispose();
}
