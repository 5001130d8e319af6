using System.Runtime.InteropServices;

namespace Wgns.Linux.Libcrypto;

/// <summary>Digests and message authentication codes (<c>openssl/evp.h</c>, <c>openssl/params.h</c>).</summary>
internal static partial class OpenSsl
{
    internal const uint OSSL_PARAM_UNSIGNED_INTEGER = 2;
    internal const uint OSSL_PARAM_UTF8_STRING = 4;

    /// <summary><c>struct ossl_param_st</c>: a list of them ends with one whose key is null.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct OSSL_PARAM
    {
        internal byte* key;
        internal uint data_type;
        internal void* data;
        internal nuint data_size;
        internal nuint return_size;
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_MD_fetch(nint context, string algorithm, nint properties);

    [LibraryImport(Library)]
    internal static partial nint EVP_MD_CTX_new();

    [LibraryImport(Library)]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial int EVP_DigestInit_ex(nint context, nint type, nint engine);

    [LibraryImport(Library)]
    internal static unsafe partial int EVP_DigestUpdate(nint context, byte* data, nuint length);

    [LibraryImport(Library)]
    internal static unsafe partial int EVP_DigestFinal_ex(nint context, byte* digest, uint* length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_MAC_fetch(nint context, string algorithm, nint properties);

    [LibraryImport(Library)]
    internal static partial nint EVP_MAC_CTX_new(nint mac);

    [LibraryImport(Library)]
    internal static partial nint EVP_MAC_CTX_dup(nint context);

    [LibraryImport(Library)]
    internal static unsafe partial int EVP_MAC_CTX_set_params(nint context, OSSL_PARAM* parameters);

    /// <summary>Wipes the key it holds.</summary>
    [LibraryImport(Library)]
    internal static partial void EVP_MAC_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static unsafe partial int EVP_MAC_init(nint context, byte* key, nuint length, OSSL_PARAM* parameters);

    [LibraryImport(Library)]
    internal static unsafe partial int EVP_MAC_update(nint context, byte* data, nuint length);

    [LibraryImport(Library)]
    internal static unsafe partial int EVP_MAC_final(nint context, byte* output, nuint* length, nuint size);
}
