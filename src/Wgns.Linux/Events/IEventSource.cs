namespace Wgns.Linux.Events;

/// <summary>Something that a process sleeps on until it happens.</summary>
public interface IEventSource : IDisposable
{
    /// <summary>Readable once something happened.</summary>
    OwnedFd Fd { get; }

    /// <summary>Takes what happened off the descriptor without waiting.</summary>
    /// <returns>Whether any of it matters to who asked.</returns>
    bool Drain();
}
