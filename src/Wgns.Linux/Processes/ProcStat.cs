using System.Buffers.Text;

namespace Wgns.Linux.Processes;

/// <summary><c>/proc/PID/stat</c> (proc_pid_stat(5)), by raw calls, so that a netns thread may read it too.</summary>
/// <param name="State">R, S, D, T, t, I; Z and X are dead.</param>
/// <param name="Parent">Its parent's pid: field 4; 0 where that is in no pid namespace of ours.</param>
/// <param name="StartTime">Clock ticks from the kernel's start to the process's: field 22.</param>
internal readonly record struct ProcStat(char State, int Parent, ulong StartTime)
{
    /// <summary>Null where there is no such process.</summary>
    internal static unsafe ProcStat? Read(int pid)
    {
        using var file = new OwnedFd(Libc.openat(Libc.AT_FDCWD, $"/proc/{pid}/stat", Libc.O_RDONLY | Libc.O_CLOEXEC, 0));
        if (file.IsInvalid)
        {
            return Libc.LastErrno == Errno.ENOENT ? null : throw new KernelException($"look at process {pid}", Libc.LastErrno);
        }

        var buffer = stackalloc byte[1024];
        var length = Libc.read(file.Value, buffer, 1024);
        if (length < 0)
        {
            return Libc.LastErrno == Errno.ESRCH ? null : throw new KernelException($"look at process {pid}", Libc.LastErrno);
        }

        return Parse(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    /// <summary>The name, field 2, is in parentheses and may hold spaces and parentheses of its own.</summary>
    internal static ProcStat? Parse(ReadOnlySpan<byte> stat)
    {
        var afterName = stat.LastIndexOf((byte)')');
        if (afterName < 0 || afterName + 2 >= stat.Length)
        {
            return null;
        }

        var fields = stat[(afterName + 2)..];
        var state = (char)fields[0];
        var parent = 0;
        for (var field = 3; field < 22; field++)
        {
            var space = fields.IndexOf((byte)' ');
            if (space < 0)
            {
                return null;
            }

            fields = fields[(space + 1)..];
            if (field == 3 && !Utf8Parser.TryParse(fields, out parent, out _))
            {
                return null;
            }
        }

        return Utf8Parser.TryParse(fields, out ulong startTime, out _) ? new ProcStat(state, parent, startTime) : null;
    }
}
