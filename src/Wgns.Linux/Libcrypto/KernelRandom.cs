using Wgns.WireGuard.Primitives;

namespace Wgns.Linux.Libcrypto;

/// <summary>getrandom(2): waits for the kernel's pool at boot, and needs no library that may be missing.</summary>
/// <remarks>Not the runtime's RandomNumberGenerator, which loads libssl for it and looks hundreds of functions up: 2.4 ms.</remarks>
public sealed class KernelRandom : IRandom
{
    private static readonly KernelRandom s_random = new();

    // Up to 256 bytes come whole (getrandom(2)).
    private const int Whole = 256;

    /// <summary>As many hexadecimal digits, in lower case.</summary>
    /// <exception cref="KernelException">As of <see cref="Fill"/>.</exception>
    public static string Hex(int digits)
    {
        Span<byte> bytes = stackalloc byte[(digits + 1) / 2];
        s_random.Fill(bytes);
        return Convert.ToHexStringLower(bytes)[..digits];
    }

    /// <summary>Any of the 65536, as the number of a question of DNS (RFC 5452, 9.2).</summary>
    /// <exception cref="KernelException">As of <see cref="Fill"/>.</exception>
    public static ushort Number()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        s_random.Fill(bytes);
        return BitConverter.ToUInt16(bytes);
    }

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
