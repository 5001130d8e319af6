using System.Runtime.InteropServices;

namespace Wgns.Linux;

/// <summary>The C library, by its own names. Partial: one file per facet beside this one.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    /// <summary>The errno of the last failed call on this thread.</summary>
    internal static Errno LastErrno => new(Marshal.GetLastPInvokeError());

    /// <summary>Throws what the kernel said of a call that did not answer 0.</summary>
    /// <param name="operation">As <see cref="KernelException.Operation"/> has it.</param>
    internal static void Check(nint result, string operation)
    {
        if (result != 0)
        {
            throw new KernelException(operation, LastErrno);
        }
    }
}
