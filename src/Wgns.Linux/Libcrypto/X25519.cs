using System.Security.Cryptography;
using Wgns.Linux.WireGuard;

namespace Wgns.Linux.Libcrypto;

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
    public static unsafe WireGuardKey PublicKeyOf(SecretKey privateKey)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        OpenSsl.Require();
        Span<byte> publicKey = stackalloc byte[WireGuardKey.Length];
        nuint length = WireGuardKey.Length;
        fixed (byte* secret = privateKey.Span)
        fixed (byte* result = publicKey)
        {
            var key = OpenSsl.EVP_PKEY_new_raw_private_key(OpenSsl.EVP_PKEY_X25519, 0, secret, WireGuardKey.Length);
            if (key == 0)
            {
                throw new CryptographicException("libcrypto takes no X25519 key");
            }

            var ok = OpenSsl.EVP_PKEY_get_raw_public_key(key, result, &length);
            OpenSsl.EVP_PKEY_free(key);
            return ok == 1 && length == WireGuardKey.Length
                ? new WireGuardKey(publicKey)
                : throw new CryptographicException("libcrypto gives no X25519 public key");
        }
    }
}
