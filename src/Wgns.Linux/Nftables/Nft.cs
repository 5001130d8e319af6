using System.Runtime.InteropServices;
using System.Text;
using Wgns.Linux.Files;
using Wgns.Linux.Netlink;

namespace Wgns.Linux.Nftables;

/// <summary>A libnftables context. Opened, used and closed on one netns thread: its socket belongs to that netns.</summary>
/// <remarks>
/// <para>libnftables opens its socket anew when the kernel drops messages, so that it must be in the netns at every call.</para>
/// <para>
/// The commands are nft's own language with all it can do: <c>include</c> reads any file that this process may read,
/// and a host name in a rule is looked up, from this thread, by the machine's resolver. They are the administrator's.
/// </para>
/// </remarks>
internal sealed class Nft : IDisposable
{
    private nint _context;

    internal Nft()
    {
        AskForDescriptors();
        _context = Libnftables.nft_ctx_new(Libnftables.NFT_CTX_DEFAULT);
        if (_context == 0)
        {
            throw new KernelException("open libnftables", Errno.ENOMEM);
        }

        if (Libnftables.nft_ctx_buffer_output(_context) != 0 || Libnftables.nft_ctx_buffer_error(_context) != 0)
        {
            Dispose();
            throw new KernelException("buffer libnftables' output", Errno.ENOMEM);
        }
    }

    /// <summary>Runs the commands in one transaction; a dry run asks for everything and commits nothing.</summary>
    internal NftResult Run(string commands, bool dryRun, uint outputFlags = 0)
    {
        Libnftables.nft_ctx_set_dry_run(_context, dryRun ? (byte)1 : (byte)0);
        Libnftables.nft_ctx_output_set_flags(_context, outputFlags);

        // From a file and not from a buffer: of a buffer libnftables shows the first line only and names no place.
        using var file = FileOf(commands);
        var name = $"/proc/thread-self/fd/{file.Value}";
        var status = Libnftables.nft_run_cmd_from_filename(_context, name);
        var (output, errors) = Buffers();
        return new NftResult(status == 0, output, errors.Replace(name, "<ruleset>", StringComparison.Ordinal),
            status == 0 ? [] : NftErrorParser.Parse(errors, name));
    }

    public void Dispose()
    {
        if (_context != 0)
        {
            Libnftables.nft_ctx_free(_context);
            _context = 0;
        }
    }

    /// <summary>
    /// Where libnftables has no socket for the rules (its mnl.c) or for the names of links (iface.c), it ends the whole process; without
    /// a descriptor for the file of the commands, which is here and there, it blames the rules. So all four are asked for before.
    /// </summary>
    /// <exception cref="KernelException">EPROTONOSUPPORT: the kernel has no nf_tables; EMFILE, ENFILE, ENOBUFS.</exception>
    private static void AskForDescriptors()
    {
        using var rules = Socket(Nl.NETLINK_NETFILTER);
        using var links = Socket(Nl.NETLINK_ROUTE);
        using var file = Socket(Nl.NETLINK_ROUTE);
        using var again = Socket(Nl.NETLINK_ROUTE);
    }

    private static OwnedFd Socket(int protocol)
    {
        var fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
        return fd >= 0 ? new OwnedFd(fd) : throw new KernelException("open a socket for nftables", Libc.LastErrno);
    }

    private unsafe (string Output, string Errors) Buffers() => (
        Marshal.PtrToStringUTF8((nint)Libnftables.nft_ctx_get_output_buffer(_context)) ?? "",
        Marshal.PtrToStringUTF8((nint)Libnftables.nft_ctx_get_error_buffer(_context)) ?? "");

    private static OwnedFd FileOf(string commands)
    {
        var fd = new OwnedFd(Libc.memfd_create("ruleset", Libc.MFD_CLOEXEC));
        try
        {
            if (fd.IsInvalid)
            {
                throw new KernelException("create a file in memory", Libc.LastErrno);
            }

            // A last line without its end is "unexpected end of file" to the parser.
            RawFile.WriteAll(fd, Encoding.UTF8.GetBytes(commands.EndsWith('\n') ? commands : commands + "\n"), "write the ruleset");
            return fd;
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }
}
