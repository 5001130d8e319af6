using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Wgns.Linux.Libcrypto;

/// <summary>
/// HChaCha20, which libcrypto does not have, out of ChaCha20, which it has. Both run the same rounds over the same sixteen
/// words; ChaCha20 then adds the words it began with (RFC 8439, 2.3) and HChaCha20 does not, and keeps only the first
/// and last four. So: a block of key stream, less the constants and the nonce that went in.
/// </summary>
public sealed unsafe partial class LibcryptoPrimitives
{
    private const int BlockLength = 64;

    // "expand 32-byte k" (RFC 8439, 2.3).
    private static readonly uint[] Constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

    /// <inheritdoc/>
    public void HChaCha20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> derived)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, 32);
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, 16);
        ArgumentOutOfRangeException.ThrowIfNotEqual(derived.Length, 32);
        Span<byte> block = stackalloc byte[BlockLength];
        block.Clear();
        try
        {
            Encrypt(key, nonce, block);
            for (var word = 0; word < 4; word++)
            {
                var first = BinaryPrimitives.ReadUInt32LittleEndian(block[(word * 4)..]);
                var last = BinaryPrimitives.ReadUInt32LittleEndian(block[(48 + (word * 4))..]);
                var input = BinaryPrimitives.ReadUInt32LittleEndian(nonce[(word * 4)..]);
                BinaryPrimitives.WriteUInt32LittleEndian(derived[(word * 4)..], first - Constants[word]);
                BinaryPrimitives.WriteUInt32LittleEndian(derived[(16 + (word * 4))..], last - input);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(block);
        }
    }

    /// <summary>libcrypto's ChaCha20 takes block counter and nonce as one: the last sixteen bytes of the state.</summary>
    private void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, Span<byte> block)
    {
        var context = OpenSsl.EVP_CIPHER_CTX_new();
        try
        {
            int written;
            fixed (byte* secret = key)
            fixed (byte* start = iv)
            fixed (byte* bytes = block)
            {
                Check(OpenSsl.EVP_CipherInit_ex(context, _chacha20, 0, secret, start, 1), "ChaCha20");
                Check(OpenSsl.EVP_CipherUpdate(context, bytes, &written, bytes, block.Length), "ChaCha20");
            }
        }
        finally
        {
            OpenSsl.EVP_CIPHER_CTX_free(context);
        }
    }
}
