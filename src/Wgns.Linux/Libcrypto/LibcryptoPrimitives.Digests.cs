using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Wgns.Linux.Libcrypto;

/// <summary>BLAKE2s in its three uses.</summary>
public sealed unsafe partial class LibcryptoPrimitives
{
    private const int HashLength = 32;
    private const int MacLength = 16;

    /// <inheritdoc/>
    public void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, HashLength);
        var context = OpenSsl.EVP_MD_CTX_new();
        try
        {
            fixed (byte* a = first)
            fixed (byte* b = second)
            fixed (byte* result = hash)
            {
                Check(OpenSsl.EVP_DigestInit_ex(context, _blake2s, 0), "BLAKE2s");
                Check(OpenSsl.EVP_DigestUpdate(context, a, (nuint)first.Length), "BLAKE2s");
                Check(OpenSsl.EVP_DigestUpdate(context, b, (nuint)second.Length), "BLAKE2s");
                Check(OpenSsl.EVP_DigestFinal_ex(context, result, null), "BLAKE2s");
            }
        }
        finally
        {
            OpenSsl.EVP_MD_CTX_free(context);
        }
    }

    /// <inheritdoc/>
    public void Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mac.Length, MacLength);
        nuint size = MacLength;
        var parameters = stackalloc OpenSsl.OSSL_PARAM[2];
        parameters[1] = default;
        fixed (byte* name = "size\0"u8)
        {
            parameters[0] = new OpenSsl.OSSL_PARAM
            {
                key = name,
                data_type = OpenSsl.OSSL_PARAM_UNSIGNED_INTEGER,
                data = &size,
                data_size = (nuint)sizeof(nuint),
            };
            Authenticate(OpenSsl.EVP_MAC_CTX_new(_keyedBlake2s), parameters, key, data, mac, "keyed BLAKE2s");
        }
    }

    /// <inheritdoc/>
    public void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mac.Length, HashLength);
        Authenticate(OpenSsl.EVP_MAC_CTX_dup(_hmac), null, key, data, mac, "HMAC");
    }

    /// <summary>A context that knows its digest and no key: copying it is cheaper than looking the digest up by name.</summary>
    private static nint HmacTemplate()
    {
        var context = OpenSsl.EVP_MAC_CTX_new(Found(OpenSsl.EVP_MAC_fetch(0, "HMAC", 0), "HMAC"));
        var parameters = stackalloc OpenSsl.OSSL_PARAM[2];
        parameters[1] = default;
        fixed (byte* name = "digest\0"u8)
        fixed (byte* digest = "BLAKE2S-256\0"u8)
        {
            parameters[0] = new OpenSsl.OSSL_PARAM { key = name, data_type = OpenSsl.OSSL_PARAM_UTF8_STRING, data = digest };
            Check(OpenSsl.EVP_MAC_CTX_set_params(context, parameters), "HMAC");
        }

        return context;
    }

    private static void Authenticate(
        nint context, OpenSsl.OSSL_PARAM* parameters, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac, string name)
    {
        try
        {
            fixed (byte* secret = &MemoryMarshal.GetReference(key))
            fixed (byte* bytes = data)
            fixed (byte* result = mac)
            {
                nuint length;
                Check(OpenSsl.EVP_MAC_init(context, secret, (nuint)key.Length, parameters), name);
                Check(OpenSsl.EVP_MAC_update(context, bytes, (nuint)data.Length), name);
                Check(OpenSsl.EVP_MAC_final(context, result, &length, (nuint)mac.Length), name);
                if (length != (nuint)mac.Length)
                {
                    throw new CryptographicException($"libcrypto's {name} has {length} bytes");
                }
            }
        }
        finally
        {
            OpenSsl.EVP_MAC_CTX_free(context);
        }
    }
}
