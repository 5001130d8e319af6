using System.Globalization;
using System.Text;

namespace Wgns.Linux.Files;

/// <summary>Files of /proc, by raw calls: for netns threads, too.</summary>
public static class ProcFile
{
    /// <summary>Null where there is none, as the tables of a protocol that the kernel does not have.</summary>
    public static byte[]? TryRead(string path)
    {
        using var file = TryOpen(path, Libc.O_RDONLY);
        return file is null ? null : RawFile.ReadAll(file, $"read {path}");
    }

    /// <summary>A file of /proc/PID. Null where the process has ended, and where it is not this user's to look at (hidepid, ptrace(2)'s rules).</summary>
    public static byte[]? TryReadOf(long pid, string file)
    {
        try
        {
            return TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
        }
        catch (KernelException e) when (e.Errno == Errno.ESRCH || e.Errno == Errno.EACCES || e.Errno == Errno.EPERM)
        {
            return null;
        }
    }

    /// <summary>The same as text; what is no UTF-8 in it is replaced.</summary>
    public static string? TryReadTextOf(long pid, string file) => TryReadOf(pid, file) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    internal static OwnedFd? TryOpen(string path, int flags)
    {
        var fd = Libc.openat(Libc.AT_FDCWD, path, flags | Libc.O_CLOEXEC, 0);
        return fd >= 0 ? new OwnedFd(fd)
            : Libc.LastErrno == Errno.ENOENT ? null
            : throw new KernelException($"open {path}", Libc.LastErrno);
    }
}
