using Wgns.WireGuard;

namespace Wgns.Linux.Sockets;

/// <summary>A UDP socket without a kernel: what is sent is received by the other end, joined as it was sent.</summary>
/// <param name="address">What the other end sees it come from.</param>
public sealed class InMemoryDatagrams(Endpoint address) : IDatagramSocket
{
    private readonly byte[] _bytes = new byte[4 * 1024 * 1024];
    private readonly Datagram[] _waiting = new Datagram[4096];
    private int _used;
    private int _first;
    private int _count;

    public InMemoryDatagrams? Other { get; set; }

    /// <inheritdoc/>
    public bool Segments { get; init; } = true;

    /// <inheritdoc/>
    public int Receive(ReceiveBuffer into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var count = Math.Min(_count - _first, ReceiveBuffer.Count);
        for (var i = 0; i < count; i++)
        {
            var datagram = _waiting[_first++];
            _bytes.AsSpan(datagram.Start, datagram.Length).CopyTo(into.Bytes[(i * ReceiveBuffer.Room)..]);
            into.Datagrams[i] = datagram with { Start = i * ReceiveBuffer.Room };
        }

        if (_first == _count)
        {
            (_first, _count, _used) = (0, 0, 0);
        }

        return count;
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> buffer, ReadOnlySpan<Datagram> datagrams)
    {
        foreach (ref readonly var datagram in datagrams)
        {
            Other?.Take(buffer.Slice(datagram.Start, datagram.Length), datagram.SegmentSize, address);
        }
    }

    /// <summary>What has no room is lost.</summary>
    private void Take(ReadOnlySpan<byte> bytes, int segmentSize, in Endpoint from)
    {
        if (_count < _waiting.Length && bytes.Length <= _bytes.Length - _used)
        {
            bytes.CopyTo(_bytes.AsSpan(_used));
            _waiting[_count++] = new Datagram(_used, bytes.Length, segmentSize, from);
            _used += bytes.Length;
        }
    }
}
