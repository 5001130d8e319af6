using System.Security.Cryptography;
using Wgns.WireGuard.Primitives;

namespace Wgns.Linux.Libcrypto;

/// <summary>
/// libcrypto's ChaCha20-Poly1305 for one thread: a context for each direction, given a key only where it is another than
/// the packet's before. So there are as many contexts as threads, not as sessions times threads; and of a packet's
/// microsecond the key's tenth is spent once for a batch.
/// </summary>
internal sealed class ChaCha20Poly1305 : IAead
{
    private const int TagLength = 16;

    private readonly KeyedCipher _seal;
    private readonly KeyedCipher _open;

    internal ChaCha20Poly1305(nint cipher)
    {
        _seal = new KeyedCipher(cipher, encrypt: true);
        _open = new KeyedCipher(cipher, encrypt: false);
    }

    public unsafe void Seal(ReadOnlySpan<byte> key, ulong counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> @sealed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(@sealed.Length, plain.Length + TagLength);
        var context = _seal.Begin(key, counter);
        int written;
        fixed (byte* extra = associated)
        fixed (byte* input = plain)
        fixed (byte* output = @sealed)
        {
            if ((associated.Length != 0 && OpenSsl.EVP_CipherUpdate(context, null, &written, extra, associated.Length) != 1)
                || (plain.Length != 0 && OpenSsl.EVP_CipherUpdate(context, output, &written, input, plain.Length) != 1)
                || OpenSsl.EVP_CipherFinal_ex(context, output + plain.Length, &written) != 1
                || OpenSsl.EVP_CIPHER_CTX_ctrl(context, OpenSsl.EVP_CTRL_AEAD_GET_TAG, TagLength, output + plain.Length) != 1)
            {
                // What stands in the buffer may be plain text, and the caller is about to send it.
                throw new CryptographicException("libcrypto does not encrypt");
            }
        }
    }

    public unsafe bool TryOpen(ReadOnlySpan<byte> key, ulong counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> @sealed, Span<byte> plain)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(@sealed.Length, plain.Length + TagLength);
        var context = _open.Begin(key, counter);
        int written;
        var nothing = stackalloc byte[TagLength];
        fixed (byte* extra = associated)
        fixed (byte* input = @sealed)
        fixed (byte* output = plain)
        {
            if (OpenSsl.EVP_CIPHER_CTX_ctrl(context, OpenSsl.EVP_CTRL_AEAD_SET_TAG, TagLength, input + plain.Length) != 1
                || (associated.Length != 0 && OpenSsl.EVP_CipherUpdate(context, null, &written, extra, associated.Length) != 1)
                || (plain.Length != 0 && OpenSsl.EVP_CipherUpdate(context, output, &written, input, plain.Length) != 1))
            {
                throw new CryptographicException("libcrypto does not decrypt");
            }

            return OpenSsl.EVP_CipherFinal_ex(context, nothing, &written) == 1;
        }
    }

    public void Forget()
    {
        _seal.Forget();
        _open.Forget();
    }

    public void Dispose()
    {
        _seal.Dispose();
        _open.Dispose();
    }
}
