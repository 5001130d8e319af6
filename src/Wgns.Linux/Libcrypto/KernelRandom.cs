using Wgns.WireGuard.Primitives;

namespace Wgns.Linux.Libcrypto;

/// <summary>getrandom(2): waits for the kernel's pool at boot, and needs no library that may be missing.</summary>
public sealed class KernelRandom : IRandom
{
    // Up to 256 bytes come whole (getrandom(2)).
    private const int Whole = 256;

    /// <inheritdoc/>
    /// <exception cref="KernelException">The kernel gives none: a seccomp filter forbids it.</exception>
    public unsafe void Fill(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var length = Math.Min(bytes.Length, Whole);
            fixed (byte* start = bytes)
            {
                // Only the wait at boot can be interrupted.
                while (Libc.getrandom(start, (nuint)length, 0) != length)
                {
                    if (Libc.LastErrno != Errno.EINTR)
                    {
                        throw new KernelException("get random bytes", Libc.LastErrno);
                    }
                }
            }

            bytes = bytes[length..];
        }
    }
}
