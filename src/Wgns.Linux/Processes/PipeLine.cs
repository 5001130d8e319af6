using System.Text;
using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>Words from one process to another by a pipe.</summary>
public static class PipeLine
{
    private const int Longest = 4096;

    /// <summary>Waits for a line; null where the other end was closed before it had come.</summary>
    public static unsafe string? Read(OwnedFd pipe)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        var line = stackalloc byte[Longest];
        var length = 0;
        while (length < Longest)
        {
            var read = Libc.read(pipe.Value, line + length, 1);
            if (read == 1 && line[length++] == '\n')
            {
                return Encoding.UTF8.GetString(line, length - 1);
            }

            if (read == 0 || (read < 0 && Libc.LastErrno != Errno.EINTR))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Everything until the other end is closed.</summary>
    public static byte[] ReadAll(OwnedFd pipe)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        return RawFile.ReadAll(pipe, "read from a child");
    }

    /// <summary>Writes these characters and nothing after them.</summary>
    public static void Say(OwnedFd pipe, string text) => RawFile.WriteAll(pipe, Encoding.UTF8.GetBytes(text), "write to a descriptor");

    /// <summary>Puts a file in the place of standard output and standard error.</summary>
    public static void Redirect(OwnedFd file)
    {
        ArgumentNullException.ThrowIfNull(file);
        foreach (var number in (int[])[1, 2])
        {
            Place(file, number);
        }
    }

    /// <summary>Puts /dev/null in the place of standard input.</summary>
    public static void CloseInput()
    {
        using var nothing = new OwnedFd(Libc.openat(Libc.AT_FDCWD, "/dev/null", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        if (nothing.IsInvalid)
        {
            throw new KernelException("open /dev/null", Libc.LastErrno);
        }

        Place(nothing, 0);
    }

    private static void Place(OwnedFd file, int number)
    {
        if (Libc.syscall(Syscall.dup3, file.Value, number, 0, 0) < 0)
        {
            throw new KernelException("redirect a standard descriptor", Libc.LastErrno);
        }
    }
}
