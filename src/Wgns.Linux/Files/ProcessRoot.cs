using System.Globalization;
using System.Runtime.InteropServices;

namespace Wgns.Linux.Files;

/// <summary>
/// Files as another process finds them: its root, its mounts, and symbolic links that lead from there. By plain paths below
/// /proc/PID/root an absolute link would lead to our own files.
/// </summary>
/// <remarks>openat2(2) with RESOLVE_IN_ROOT, Linux 5.6.</remarks>
public sealed class ProcessRoot : IDisposable
{
    private const int MostBytes = 1 << 20;

    private readonly OwnedFd _root;

    private ProcessRoot(OwnedFd root) => _root = root;

    /// <summary>Null where the process is gone.</summary>
    /// <exception cref="KernelException">EACCES where ptrace(2)'s access check refuses it.</exception>
    public static ProcessRoot? Of(int pid)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/root");
        var fd = Libc.openat(Libc.AT_FDCWD, path, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        return fd >= 0 ? new ProcessRoot(new OwnedFd(fd))
            : Libc.LastErrno == Errno.ENOENT || Libc.LastErrno == Errno.ESRCH ? null
            : throw new KernelException($"open {path}", Libc.LastErrno);
    }

    /// <summary>Whether there is anything of that name, and <paramref name="also"/> holds of it, by a path that leads there from here.</summary>
    public bool Has(string path, Predicate<string> also)
    {
        ArgumentNullException.ThrowIfNull(also);
        using var fd = Open(path, Libc.O_PATH);
        return !fd.IsInvalid && also(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{fd.Value}"));
    }

    /// <summary>Content of a plain file of at most 1 MiB; null where it cannot be read.</summary>
    public byte[]? Read(string path)
    {
        using var file = Open(path, Libc.O_RDONLY | Libc.O_NONBLOCK);
        return file.IsInvalid || !IsSmallFile(file) ? null : RawFile.ReadAll(file, $"read {path}");
    }

    public void Dispose() => _root.Dispose();

    private static unsafe bool IsSmallFile(OwnedFd file)
    {
        Libc.Statx stat;
        return Libc.statx(file.Value, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) == 0
            && (stat.Mode & Libc.S_IFMT) == Libc.S_IFREG
            && stat.Size <= MostBytes;
    }

    private unsafe OwnedFd Open(string path, int flags)
    {
        var how = new Libc.OpenHow { Flags = (ulong)(uint)(flags | Libc.O_CLOEXEC), Resolve = Libc.RESOLVE_IN_ROOT };
        var text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return new OwnedFd((int)Libc.syscall(Syscall.openat2, _root.Value, text, (nint)(&how), sizeof(Libc.OpenHow)));
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }
}
