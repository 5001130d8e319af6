namespace Wgns.Linux.Forwarding;

/// <summary>
/// Pipes for splice(2), which moves pages from a socket into a pipe and from there into a socket. A direction has one only as
/// long as there is something in it: a thousand quiet connections need none.
/// </summary>
internal sealed unsafe class PipePool : IDisposable
{
    /// <summary>Bytes; what pipe(7) allows everybody is 1 MiB. A direction whose receiver is slow keeps as much waiting.</summary>
    internal const int Size = 1 << 18;

    private const int MostSpare = 64;

    private readonly Stack<(int Read, int Write)> _spare = new(MostSpare);

    /// <returns>EMFILE, ENFILE: there is none until something is closed.</returns>
    internal Errno Take(out int read, out int write)
    {
        if (_spare.TryPop(out var spare))
        {
            (read, write) = spare;
            return Errno.None;
        }

        var ends = stackalloc int[2];
        (read, write) = (-1, -1);
        if (Libc.pipe2(ends, Libc.O_CLOEXEC | Libc.O_NONBLOCK) != 0)
        {
            return Libc.LastErrno;
        }

        // An economy: past the user's limit of pipe pages (pipe(7)) it stays as small as it is.
        _ = Libc.fcntl(ends[1], Libc.F_SETPIPE_SZ, Size);
        (read, write) = (ends[0], ends[1]);
        return Errno.None;
    }

    /// <summary>Takes an empty one back.</summary>
    internal void Give(int read, int write)
    {
        if (_spare.Count < MostSpare)
        {
            _spare.Push((read, write));
        }
        else
        {
            Close(read, write);
        }
    }

    /// <summary>For one that is not empty: the next connection must not get another's bytes.</summary>
    internal static void Close(int read, int write)
    {
        _ = Libc.close(read);
        _ = Libc.close(write);
    }

    public void Dispose()
    {
        while (_spare.TryPop(out var spare))
        {
            Close(spare.Read, spare.Write);
        }
    }
}
