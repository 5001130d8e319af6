using Wgns.WireGuard;

namespace Wgns.Linux.Sockets;

/// <summary>One datagram in a buffer, or several that lie one after the other and have one remote side.</summary>
/// <param name="SegmentSize">Bytes of each but the last; 0 where it is one.</param>
/// <param name="Remote">Where it came from or goes to, and the local address that it came to or is to come from.</param>
public record struct Datagram(int Start, int Length, int SegmentSize, Endpoint Remote);

/// <summary>A UDP socket that sends and receives batches.</summary>
public interface IDatagramSocket
{
    /// <summary>Takes what is there without waiting.</summary>
    /// <returns>How many of <see cref="ReceiveBuffer"/>'s datagrams there are.</returns>
    int Receive(ReceiveBuffer into);

    /// <summary>Sends all, waiting where the kernel has no room. What it refuses is lost, as on the way.</summary>
    void Send(ReadOnlySpan<byte> buffer, ReadOnlySpan<Datagram> datagrams);

    /// <summary>Whether several datagrams of one size may be sent as one; where not, each is sent alone.</summary>
    bool Segments { get; }
}
