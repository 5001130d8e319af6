using System.Runtime.InteropServices;

namespace Wgns.Linux.Nftables;

/// <summary>libnftables(3), by its own names (<c>nftables/libnftables.h</c>).</summary>
internal static partial class Libnftables
{
    internal const string Library = "libnftables.so.1";

    internal const uint NFT_CTX_DEFAULT = 0;
    internal const uint NFT_CTX_OUTPUT_STATELESS = 1 << 2;
    internal const uint NFT_CTX_OUTPUT_JSON = 1 << 4;
    internal const uint NFT_CTX_OUTPUT_TERSE = 1 << 11;

    internal static void Require() => MissingLibraryException.Require(
        Library, "install nftables (Debian, Ubuntu: libnftables1; Fedora, Arch, Alpine: nftables)");

    [LibraryImport(Library)]
    internal static partial nint nft_ctx_new(uint flags);

    [LibraryImport(Library)]
    internal static partial void nft_ctx_free(nint context);

    [LibraryImport(Library)]
    internal static partial void nft_ctx_set_dry_run(nint context, byte dry);

    [LibraryImport(Library)]
    internal static partial void nft_ctx_output_set_flags(nint context, uint flags);

    [LibraryImport(Library)]
    internal static partial int nft_ctx_buffer_output(nint context);

    [LibraryImport(Library)]
    internal static partial int nft_ctx_buffer_error(nint context);

    [LibraryImport(Library)]
    internal static unsafe partial byte* nft_ctx_get_output_buffer(nint context);

    [LibraryImport(Library)]
    internal static unsafe partial byte* nft_ctx_get_error_buffer(nint context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nft_run_cmd_from_filename(nint context, string filename);
}
