namespace Wgns.Linux.Libcrypto;

/// <summary>SHA-256 (FIPS 180-4) by libcrypto itself: .NET's way to it loads libssl and openssl.cnf besides, for 2 ms of every command.</summary>
public static class Sha256
{
    /// <returns>64 lower-case hexadecimal digits.</returns>
    /// <exception cref="MissingLibraryException">There is no OpenSSL 3 on this machine.</exception>
    public static unsafe string Hex(ReadOnlySpan<byte> data)
    {
        OpenSsl.Require();
        Span<byte> digest = stackalloc byte[32];
        fixed (byte* bytes = data)
        fixed (byte* result = digest)
        {
            // The one-shot function cannot fail where both pointers are given.
            _ = OpenSsl.SHA256(bytes, (nuint)data.Length, result);
        }

        return Convert.ToHexStringLower(digest);
    }
}
