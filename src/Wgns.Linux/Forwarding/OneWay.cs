namespace Wgns.Linux.Forwarding;

/// <summary>How far a direction came.</summary>
internal enum Progress
{
    /// <summary>It waits for either of its sockets.</summary>
    Waiting,

    /// <summary>There may be more, but others are to have their turn.</summary>
    More,

    /// <summary>It ended, and who receives was told; or who receives takes nothing any more.</summary>
    Done,

    /// <summary>Who sends broke the connection off.</summary>
    Reset,
}

/// <summary>One direction of a connection: bytes from a socket into another, without passing through this process.</summary>
internal partial struct OneWay
{
    /// <summary>Pieces until others have their turn: 16 of 256 KiB are some milliseconds.</summary>
    private const int Turn = 16;

    private int _from;
    private int _to;
    private int _pipeRead;
    private int _pipeWrite;
    private int _held;
    private ulong _taken;
    private bool _ended;

    /// <summary>Whether its source may have something, as far as is known: edge-triggered epoll(7) says so once.</summary>
    internal bool IsReadable { get; set; }

    /// <summary>Whether its target may take something.</summary>
    internal bool IsWritable { get; set; }

    internal bool IsDone { get; private set; }

    internal static OneWay Between(int from, int to) => new() { _from = from, _to = to, _pipeRead = -1, _pipeWrite = -1 };

    internal Progress Pump(PipePool pool)
    {
        for (var turn = 0; turn < Turn && !IsDone; turn++)
        {
            var progress = _held > 0 ? Write(pool) : _ended ? End(pool) : Read(pool);
            if (progress != Progress.More)
            {
                return progress;
            }
        }

        return IsDone ? Progress.Done : Progress.More;
    }

    /// <summary>Its pipe, with whatever is in it.</summary>
    internal void Drop(PipePool pool)
    {
        if (_pipeRead < 0)
        {
            return;
        }

        if (_held == 0)
        {
            pool.Give(_pipeRead, _pipeWrite);
        }
        else
        {
            PipePool.Close(_pipeRead, _pipeWrite);
        }

        (_pipeRead, _pipeWrite, _held) = (-1, -1, 0);
    }

    private Progress Read(PipePool pool)
    {
        if (!IsReadable)
        {
            Drop(pool);
            return Progress.Waiting;
        }

        if (_pipeRead < 0 && !pool.Take(out _pipeRead, out _pipeWrite).IsNone)
        {
            return Copy(pool);
        }

        var count = Libc.splice(_from, 0, _pipeWrite, 0, PipePool.Size, Libc.SPLICE_F_MOVE | Libc.SPLICE_F_NONBLOCK);
        if (count > 0)
        {
            _held = (int)count;
            _taken += (ulong)count;
            return Progress.More;
        }

        return NothingRead(count);
    }

    private Progress NothingRead(nint count)
    {
        if (count == 0)
        {
            _ended = true;
            return Progress.More;
        }

        var errno = Libc.LastErrno;
        if (errno == Errno.EAGAIN)
        {
            IsReadable = false;
            return Progress.More;
        }

        return errno == Errno.EINTR ? Progress.More : Progress.Reset;
    }

    private Progress Write(PipePool pool)
    {
        if (!IsWritable)
        {
            return Progress.Waiting;
        }

        var count = Libc.splice(_pipeRead, 0, _to, 0, (nuint)_held, Libc.SPLICE_F_MOVE | Libc.SPLICE_F_NONBLOCK);
        if (count > 0)
        {
            _held -= (int)count;
            return Progress.More;
        }

        return NothingWritten(pool);
    }

    private Progress NothingWritten(PipePool pool)
    {
        var errno = Libc.LastErrno;
        if (errno == Errno.EAGAIN)
        {
            IsWritable = false;
            return Progress.Waiting;
        }

        if (errno == Errno.EINTR)
        {
            return Progress.More;
        }

        // Nobody takes it any more. The other direction goes on: an answer may be on its way, or its end.
        Drop(pool);
        _ = Libc.shutdown(_from, Libc.SHUT_RD);
        IsDone = true;
        return Progress.Done;
    }

    private Progress End(PipePool pool)
    {
        // The kernel tells of a reset once: where the other direction was told, or one splice(2) of it that had sent something
        // before, it reads as an end here.
        if (!HasSaidItsEnd())
        {
            return Progress.Reset;
        }

        Drop(pool);
        _ = Libc.shutdown(_to, Libc.SHUT_WR);
        IsDone = true;
        return Progress.Done;
    }

    /// <summary>
    /// Whether a FIN came: the connection goes on in the other direction, or there was one more to count than to read
    /// (tcp_rcv_nxt_update of net/ipv4/tcp_input.c).
    /// </summary>
    private readonly unsafe bool HasSaidItsEnd()
    {
        const int Room = Libc.TcpInfoBytesReceived + sizeof(ulong);
        var info = stackalloc byte[Room];
        uint length = Room;

        // A unix socket has no such thing, and tells of its reset by reading.
        return Libc.getsockopt_number(_from, Libc.IPPROTO_TCP, Libc.TCP_INFO, info, &length) != 0
            || *info != Libc.TCP_CLOSE
            || *(ulong*)(info + Libc.TcpInfoBytesReceived) > _taken;
    }
}
