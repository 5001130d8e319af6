namespace Wgns.Linux.Forwarding;

/// <summary>A listening socket with what came in by it.</summary>
internal interface IForwarded : IDisposable
{
    /// <summary>Connections, or flows, that are open.</summary>
    int Active { get; }

    /// <summary>Takes nothing new from then on; what is open goes on.</summary>
    void StopListening();

    /// <summary>When <see cref="EndDue"/> has something to do, on <see cref="ForwardLoop.Now"/>'s clock.</summary>
    long Due(long now);

    /// <summary>Ends what nothing was heard of for its time.</summary>
    void EndDue(long now);
}
