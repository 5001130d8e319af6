using Wgns.WireGuard;

namespace Wgns.Linux.Tun;

/// <summary>One queue of a TUN: packets with a <see cref="VirtioHeader"/> before each.</summary>
public interface ITunQueue
{
    /// <summary>Takes one packet, or many that are one, without waiting.</summary>
    /// <param name="packet">Room for <see cref="VirtioHeader.Length"/> and 65535 bytes.</param>
    /// <returns>Bytes, header and all; 0 where there is none.</returns>
    /// <exception cref="KernelException">The TUN is gone (EBADFD).</exception>
    int Read(Span<byte> packet);

    /// <summary>Gives a packet whose bytes lie in several places of one buffer.</summary>
    /// <returns>None, or why the kernel dropped it: EIO while the link is down.</returns>
    /// <exception cref="KernelException">The TUN is gone (EBADFD).</exception>
    Errno Write(in VirtioHeader header, ReadOnlySpan<byte> buffer, ReadOnlySpan<Slice> parts);
}
