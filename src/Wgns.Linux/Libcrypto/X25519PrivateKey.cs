using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;

namespace Wgns.Linux.Libcrypto;

/// <summary>A private key as libcrypto keeps it: with its public key, for which it multiplies once at the start.</summary>
internal sealed unsafe class X25519PrivateKey : IPrivateKey
{
    private const int Length = 32;

    private readonly byte[] _publicKey = new byte[Length];
    private nint _key;

    internal X25519PrivateKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Length);
        nuint length = Length;
        fixed (byte* secret = key)
        fixed (byte* result = _publicKey)
        {
            _key = OpenSsl.EVP_PKEY_new_raw_private_key(OpenSsl.EVP_PKEY_X25519, 0, secret, Length);
            if (_key == 0 || OpenSsl.EVP_PKEY_get_raw_public_key(_key, result, &length) != 1 || length != Length)
            {
                OpenSsl.EVP_PKEY_free(_key);
                throw new CryptographicException("libcrypto takes no X25519 key");
            }
        }
    }

    ~X25519PrivateKey() => OpenSsl.EVP_PKEY_free(_key);

    public ReadOnlySpan<byte> PublicKey => _publicKey;

    public bool TryAgree(ReadOnlySpan<byte> publicKey, Span<byte> secret)
    {
        ObjectDisposedException.ThrowIf(_key == 0, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, Length);
        nuint length = Length;
        fixed (byte* theirs = publicKey)
        fixed (byte* result = secret)
        {
            var peer = OpenSsl.EVP_PKEY_new_raw_public_key(OpenSsl.EVP_PKEY_X25519, 0, theirs, Length);
            var context = OpenSsl.EVP_PKEY_CTX_new(_key, 0);
            try
            {
                if (peer == 0 || context == 0
                    || OpenSsl.EVP_PKEY_derive_init(context) != 1
                    || OpenSsl.EVP_PKEY_derive_set_peer(context, peer) != 1)
                {
                    throw new CryptographicException("libcrypto does not agree on a key");
                }

                // It fails for one reason: the result is all zeros (RFC 7748, 6.1).
                if (OpenSsl.EVP_PKEY_derive(context, result, &length) == 1 && length == Length)
                {
                    return true;
                }

                OpenSsl.ERR_clear_error();
                secret.Clear();
                return false;
            }
            finally
            {
                OpenSsl.EVP_PKEY_CTX_free(context);
                OpenSsl.EVP_PKEY_free(peer);
            }
        }
    }

    public void Dispose()
    {
        OpenSsl.EVP_PKEY_free(Interlocked.Exchange(ref _key, 0));
        GC.SuppressFinalize(this);
    }
}
