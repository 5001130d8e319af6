using System.Text;
using Wgns.Linux.Files;

namespace Wgns.Linux.Processes;

/// <summary>A word from one process to another by a pipe: one line.</summary>
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

    /// <summary>Writes these characters and nothing after them.</summary>
    public static void Say(OwnedFd pipe, string text) => RawFile.WriteAll(pipe, Encoding.UTF8.GetBytes(text), "write to a descriptor");

    /// <summary>Puts a file in the place of standard output and standard error.</summary>
    public static void Redirect(OwnedFd file)
    {
        ArgumentNullException.ThrowIfNull(file);
        foreach (var number in (int[])[1, 2])
        {
            if (Libc.syscall(Syscall.dup3, file.Value, number, 0, 0) < 0)
            {
                throw new KernelException("redirect what is printed", Libc.LastErrno);
            }
        }
    }
}
