using System.Runtime.InteropServices;

namespace Wgns.Linux.Libcrypto;

/// <summary>
/// Ciphers (<c>openssl/evp.h</c>). A packet takes about a microsecond in all, of which a garbage collector's transition
/// around each of four calls would be a noticeable part: none of them blocks or calls back, so they go without.
/// </summary>
internal static partial class OpenSsl
{
    internal const int EVP_CTRL_AEAD_GET_TAG = 0x10;
    internal const int EVP_CTRL_AEAD_SET_TAG = 0x11;

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_CIPHER_fetch(nint context, string algorithm, nint properties);

    [LibraryImport(Library)]
    internal static partial nint EVP_CIPHER_CTX_new();

    /// <summary>Wipes what it holds.</summary>
    [LibraryImport(Library)]
    internal static partial void EVP_CIPHER_CTX_free(nint cipher);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static unsafe partial int EVP_CipherInit_ex(nint context, nint type, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static unsafe partial int EVP_CipherUpdate(nint context, byte* output, int* outputLength, byte* input, int inputLength);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static unsafe partial int EVP_CipherFinal_ex(nint context, byte* output, int* outputLength);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static unsafe partial int EVP_CIPHER_CTX_ctrl(nint context, int type, int argument, byte* pointer);
}
