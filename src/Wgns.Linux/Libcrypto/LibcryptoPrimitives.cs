using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;

namespace Wgns.Linux.Libcrypto;

/// <summary>WireGuard's primitives by libcrypto. One for the process: it holds what OpenSSL 3 looks up by name.</summary>
public sealed unsafe partial class LibcryptoPrimitives : IPrimitives
{
    private readonly nint _aead;
    private readonly nint _blake2s;
    private readonly nint _keyedBlake2s;
    private readonly nint _chacha20;
    private readonly nint _hmac;

    /// <exception cref="MissingLibraryException">There is no OpenSSL 3 on this machine.</exception>
    /// <exception cref="CryptographicException">It was built without one of the algorithms, or is restricted to FIPS.</exception>
    public LibcryptoPrimitives()
    {
        OpenSsl.Require();
        _aead = Found(OpenSsl.EVP_CIPHER_fetch(0, "ChaCha20-Poly1305", 0), "ChaCha20-Poly1305");
        _chacha20 = Found(OpenSsl.EVP_CIPHER_fetch(0, "ChaCha20", 0), "ChaCha20");
        _blake2s = Found(OpenSsl.EVP_MD_fetch(0, "BLAKE2S-256", 0), "BLAKE2s");
        _keyedBlake2s = Found(OpenSsl.EVP_MAC_fetch(0, "BLAKE2SMAC", 0), "keyed BLAKE2s");
        _hmac = HmacTemplate();
    }

    /// <inheritdoc/>
    public IPrivateKey OpenPrivateKey(ReadOnlySpan<byte> key) => new X25519PrivateKey(key);

    /// <inheritdoc/>
    public IAead CreateAead() => new ChaCha20Poly1305(_aead);

    private static nint Found(nint algorithm, string name) =>
        algorithm != 0 ? algorithm : throw new CryptographicException($"this machine's libcrypto has no {name}");

    private static void Check(int result, string name)
    {
        if (result != 1)
        {
            throw new CryptographicException($"libcrypto's {name} fails");
        }
    }
}
