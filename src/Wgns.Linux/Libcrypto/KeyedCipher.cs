using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Wgns.Linux.Libcrypto;

/// <summary>An EVP_CIPHER_CTX for one direction, and the key it was last given.</summary>
internal sealed unsafe class KeyedCipher : IDisposable
{
    private const int KeyLength = 32;
    private const int NonceLength = 12;

    // Pinned, so that the garbage collector leaves no moved copy behind.
    private readonly byte[] _key = GC.AllocateArray<byte>(KeyLength, pinned: true);
    private readonly int _encrypt;
    private nint _context;

    internal KeyedCipher(nint cipher, bool encrypt)
    {
        _encrypt = encrypt ? 1 : 0;
        _context = OpenSsl.EVP_CIPHER_CTX_new();
        fixed (byte* zeros = _key)
        {
            if (_context == 0 || OpenSsl.EVP_CipherInit_ex(_context, cipher, 0, zeros, null, _encrypt) != 1)
            {
                OpenSsl.EVP_CIPHER_CTX_free(_context);
                throw new CryptographicException("libcrypto gives no ChaCha20-Poly1305 context");
            }
        }
    }

    ~KeyedCipher() => OpenSsl.EVP_CIPHER_CTX_free(_context);

    /// <summary>Makes it ready for one message; the nonce is 32 zero bits and <paramref name="counter"/>.</summary>
    internal nint Begin(ReadOnlySpan<byte> key, ulong counter)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        var nonce = stackalloc byte[NonceLength];
        *(uint*)nonce = 0;
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(nonce + 4, 8), counter);

        // No secret is compared with what a stranger chose, so how long it takes tells nothing.
        var same = key.SequenceEqual(_key);
        fixed (byte* secret = key)
        {
            if (OpenSsl.EVP_CipherInit_ex(_context, 0, 0, same ? null : secret, nonce, _encrypt) != 1)
            {
                throw new CryptographicException("libcrypto takes no ChaCha20-Poly1305 key");
            }
        }

        if (!same)
        {
            key.CopyTo(_key);
        }

        return _context;
    }

    internal void Forget()
    {
        CryptographicOperations.ZeroMemory(_key);
        fixed (byte* zeros = _key)
        {
            if (OpenSsl.EVP_CipherInit_ex(_context, 0, 0, zeros, null, _encrypt) != 1)
            {
                throw new CryptographicException("libcrypto takes no ChaCha20-Poly1305 key");
            }
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        OpenSsl.EVP_CIPHER_CTX_free(Interlocked.Exchange(ref _context, 0));
        GC.SuppressFinalize(this);
    }
}
