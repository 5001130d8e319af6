using System.Runtime.CompilerServices;
using Wgns.WireGuard;

namespace Wgns.Linux.Tun;

/// <summary>The descriptor of a TUN, which is there as long as one of its descriptors is open and nobody deletes its link.</summary>
public sealed class TunQueue(OwnedFd fd) : ITunQueue, IDisposable
{
    /// <summary>The most parts of a packet that is written.</summary>
    public const int MostParts = 255;

    public OwnedFd Fd => fd;

    /// <inheritdoc/>
    public unsafe int Read(Span<byte> packet)
    {
        fixed (byte* room = packet)
        {
            while (true)
            {
                var length = Libc.read_owned(fd, room, (nuint)packet.Length);
                if (length >= 0)
                {
                    return (int)length;
                }

                var errno = Libc.LastErrno;
                if (errno == Errno.EAGAIN)
                {
                    return 0;
                }

                if (errno != Errno.EINTR)
                {
                    throw new KernelException("read from the TUN", errno);
                }
            }
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public unsafe Errno Write(in VirtioHeader header, ReadOnlySpan<byte> buffer, ReadOnlySpan<Slice> parts)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts.Length, MostParts);
        var head = stackalloc byte[VirtioHeader.Length];
        header.Write(new Span<byte>(head, VirtioHeader.Length));
        var vectors = stackalloc Libc.IoVec[parts.Length + 1];
        vectors[0] = new Libc.IoVec { iov_base = head, iov_len = VirtioHeader.Length };
        fixed (byte* start = buffer)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                // A part outside of the buffer is a fault of ours that must not reach the kernel as a pointer.
                _ = buffer.Slice(parts[i].Start, parts[i].Length);
                vectors[i + 1] = new Libc.IoVec { iov_base = start + parts[i].Start, iov_len = (nuint)parts[i].Length };
            }

            while (Libc.writev(fd, vectors, parts.Length + 1) < 0)
            {
                var errno = Libc.LastErrno;
                if (errno == Errno.EBADFD || errno == Errno.EBADF)
                {
                    throw new KernelException("write to the TUN", errno);
                }

                if (errno != Errno.EINTR)
                {
                    return errno;
                }
            }
        }

        return Errno.None;
    }

    public void Dispose() => fd.Dispose();
}
