using System.Security.Cryptography;
using Wgns.Linux.Libcrypto;

namespace Wgns.Linux.WireGuard;

/// <summary>WireGuard's keys: Curve25519 (RFC 7748).</summary>
public static class X25519
{
    private static readonly KernelRandom Random = new();

    /// <summary>A new private key from the kernel's random numbers, clamped as <c>wg genkey</c> does.</summary>
    public static SecretKey GeneratePrivateKey()
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        try
        {
            Random.Fill(bytes);
            bytes[0] &= 0b1111_1000;
            bytes[31] = (byte)((bytes[31] & 0b0111_1111) | 0b0100_0000);
            return new SecretKey(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>A new preshared key: 32 random bytes, as <c>wg genpsk</c> makes them.</summary>
    public static SecretKey GeneratePresharedKey()
    {
        Span<byte> bytes = stackalloc byte[WireGuardKey.Length];
        try
        {
            Random.Fill(bytes);
            return new SecretKey(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The public key that belongs to a private one, clamped or not.</summary>
    /// <exception cref="MissingLibraryException">There is no OpenSSL 3 on this machine.</exception>
    public static WireGuardKey PublicKeyOf(SecretKey privateKey)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        OpenSsl.Require();
        using var key = new X25519PrivateKey(privateKey.Span);
        return new WireGuardKey(key.PublicKey);
    }
}
