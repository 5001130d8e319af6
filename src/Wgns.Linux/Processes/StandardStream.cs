namespace Wgns.Linux.Processes;

/// <summary>
/// Standard output (1) or error (2) by write(2) and nothing more. The runtime's own stream takes the lock of
/// <see cref="Console.Out"/> at the first write, which sets up a terminal, its signals and a thread for them: a
/// millisecond of every command, and settings that a command which becomes another program would hand on.
/// </summary>
public sealed class StandardStream(int fd) : Stream
{
    private const int StandardError = 2;

    // Who is started without it has its number given to a file or a socket of our own, which must not get what was meant for people.
    private readonly bool _isThere = Descriptors.IsInherited(fd);

    /// <summary>
    /// Whether what cannot be written is lost without an error, as it always is of standard error: for who stays, and is not to end
    /// with the disk or the terminal that its words went to.
    /// </summary>
    public bool LosesWords { get; set; } = fd == StandardError;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// A reader that went away (EPIPE) is no error: nobody is left to tell. So it is with any failure where it <see cref="LosesWords"/>.
    /// </summary>
    /// <exception cref="KernelException">Such as ENOSPC, where standard output is a file.</exception>
    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_isThere)
        {
            if (LosesWords)
            {
                return;
            }

            throw new KernelException("write to standard output", Errno.EBADF);
        }

        fixed (byte* start = buffer)
        {
            for (nint done = 0; done < buffer.Length;)
            {
                var written = Libc.write(fd, start + done, (nuint)(buffer.Length - done));
                if (written >= 0)
                {
                    done += written;
                    continue;
                }

                var errno = Libc.LastErrno;
                if (errno == Errno.EAGAIN)
                {
                    WaitUntilWritable();
                }
                else if (errno == Errno.EPIPE || (LosesWords && errno != Errno.EINTR))
                {
                    return;
                }
                else if (errno != Errno.EINTR)
                {
                    throw new KernelException("write to standard output", errno);
                }
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Somebody who shares a terminal or a pipe may have made it non-blocking.</summary>
    private unsafe void WaitUntilWritable()
    {
        var waited = new Libc.PollFd { Fd = fd, Events = Libc.POLLOUT };
        _ = Libc.poll(&waited, 1, -1);
    }
}
