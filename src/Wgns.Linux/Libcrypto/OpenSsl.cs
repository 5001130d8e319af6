using System.Runtime.InteropServices;

namespace Wgns.Linux.Libcrypto;

/// <summary>OpenSSL 3's libcrypto, by its own names (<c>openssl/evp.h</c>, <c>openssl/obj_mac.h</c>).</summary>
internal static partial class OpenSsl
{
    internal const string Library = "libcrypto.so.3";

    /// <summary>NID_X25519.</summary>
    internal const int EVP_PKEY_X25519 = 1034;

    /// <summary>OPENSSL_INIT_NO_LOAD_CONFIG.</summary>
    private const ulong NoConfiguration = 0x80;

    /// <summary>OPENSSL_INIT_NO_ATEXIT.</summary>
    private const ulong NoEnd = 0x80000;

    /// <summary>
    /// Loads it. Without openssl.cnf: nothing in there concerns Curve25519, and a faulty one would be our fault. And without its atexit(3)
    /// handler, which takes its tables apart while another thread of ours may be at work with them: of a process that ends the kernel takes all.
    /// </summary>
    internal static void Require()
    {
        MissingLibraryException.Require(
            Library, "install OpenSSL 3 (Debian, Ubuntu: libssl3; Fedora: openssl-libs; Arch: openssl; Alpine: libcrypto3)");
        _ = OPENSSL_init_crypto(NoConfiguration | NoEnd, 0);
    }

    /// <summary>As <see cref="Require"/>, with what the first key would wait for: libcrypto lists all its algorithms then, which takes 2 ms.</summary>
    internal static void Prepare()
    {
        Require();
        using var first = new X25519PrivateKey(stackalloc byte[32]);
    }

    [LibraryImport(Library)]
    internal static unsafe partial byte* SHA256(byte* data, nuint length, byte* digest);

    [LibraryImport(Library)]
    private static partial int OPENSSL_init_crypto(ulong options, nint settings);

    [LibraryImport(Library)]
    internal static unsafe partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static unsafe partial int EVP_PKEY_get_raw_public_key(nint key, byte* publicKey, nuint* length);

    /// <summary>Wipes the private key it holds.</summary>
    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint key);
}
