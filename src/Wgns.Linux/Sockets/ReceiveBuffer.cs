using System.Runtime.InteropServices;

namespace Wgns.Linux.Sockets;

/// <summary>Where a batch of datagrams is received into, and what recvmmsg(2) needs for it, made once.</summary>
public sealed unsafe class ReceiveBuffer : IDisposable
{
    /// <summary>As many datagrams, or runs of them that the kernel has joined, are received by one call.</summary>
    public const int Count = 32;

    /// <summary>The most that UDP_GRO joins, and a little.</summary>
    public const int Room = 65536;

    internal const int NameSize = 32;
    internal const int ControlSize = 128;

    private readonly Datagram[] _datagrams = new Datagram[Count];
    private byte* _memory;

    // Not of the collector's heap: two of them are more than it makes pinned without a collection, and that in the middle of a start.
    private byte* _bytes;

    public ReceiveBuffer()
    {
        var each = (nuint)(sizeof(Libc.MMsgHdr) + sizeof(Libc.IoVec) + NameSize + ControlSize);
        _memory = (byte*)NativeMemory.AllocZeroed(Count, each);
        Headers = (Libc.MMsgHdr*)_memory;
        Vectors = (Libc.IoVec*)(Headers + Count);
        Names = (byte*)(Vectors + Count);
        Controls = Names + (Count * NameSize);
        _bytes = (byte*)NativeMemory.Alloc(Count * Room);
        for (var i = 0; i < Count; i++)
        {
            Vectors[i] = new Libc.IoVec { iov_base = _bytes + (i * Room), iov_len = Room };
        }
    }

    ~ReceiveBuffer() => Free();

    /// <summary>Everything that was received; datagrams are opened where they lie. Until this is disposed of.</summary>
    public Span<byte> Bytes => new(_bytes, _bytes == null ? 0 : Count * Room);

    /// <summary>Those of the last call.</summary>
    public Span<Datagram> Datagrams => _datagrams;

    internal Libc.MMsgHdr* Headers { get; }

    internal byte* Names { get; }

    internal byte* Controls { get; }

    private Libc.IoVec* Vectors { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Before each call: the kernel has written lengths over the sizes.</summary>
    internal void Reset(int count)
    {
        ObjectDisposedException.ThrowIf(_memory == null, this);
        for (var i = 0; i < count; i++)
        {
            Headers[i].msg_hdr = new Libc.MsgHdr
            {
                msg_name = Names + (i * NameSize),
                msg_namelen = NameSize,
                msg_iov = Vectors + i,
                msg_iovlen = 1,
                msg_control = Controls + (i * ControlSize),
                msg_controllen = ControlSize,
            };
        }
    }

    private void Free()
    {
        NativeMemory.Free(_memory);
        NativeMemory.Free(_bytes);
        _memory = _bytes = null;
    }
}
