using Wgns.WireGuard;

namespace Wgns.Linux.Tun;

/// <summary>A TUN's queue without a kernel: what is put in is read, what is written is kept.</summary>
public sealed class InMemoryTun : ITunQueue
{
    private readonly Queue<byte[]> _packets = new();

    /// <summary>What was written: the header, and the packet behind it as one.</summary>
    public List<(VirtioHeader Header, byte[] Packet)> Written { get; } = [];

    /// <summary>False counts what is written and keeps nothing: for tests that count allocations.</summary>
    public bool Keeps { get; init; } = true;

    public int WriteCount { get; private set; }

    /// <summary>Bytes behind headers.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>A packet as the kernel gives it, header and all. The array is given, not copied.</summary>
    public void Put(byte[] packet) => _packets.Enqueue(packet);

    /// <inheritdoc/>
    public int Read(Span<byte> packet)
    {
        if (!_packets.TryDequeue(out var next))
        {
            return 0;
        }

        next.CopyTo(packet);
        return next.Length;
    }

    /// <inheritdoc/>
    public Errno Write(in VirtioHeader header, ReadOnlySpan<byte> buffer, ReadOnlySpan<Slice> parts)
    {
        WriteCount++;
        var length = 0;
        foreach (var part in parts)
        {
            length += part.Length;
        }

        WrittenBytes += length;
        if (Keeps)
        {
            var packet = new byte[length];
            var rest = packet.AsSpan();
            foreach (var part in parts)
            {
                buffer.Slice(part.Start, part.Length).CopyTo(rest);
                rest = rest[part.Length..];
            }

            Written.Add((header, packet));
        }

        return Errno.None;
    }
}
