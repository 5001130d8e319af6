namespace Wgns.Linux.Forwarding;

/// <summary>
/// A connection from outside and the one that was made for it inside. The end of each direction is passed on alone
/// (shutdown(2)), so that an answer may come after the question's end; where one side breaks off, so does the other.
/// </summary>
internal sealed unsafe class StreamPair(StreamListener owner, ForwardLoop loop) : IInLoop
{
    /// <summary>unix(7): EAGAIN of connect(2) is a full queue. Tried for so long.</summary>
    private const long QueuePatience = 10_000;

    private const int Outside = 0;
    private const int Inside = 1;

    private int _outside;
    private int _inside;
    private int _place;
    private OneWay _in;
    private OneWay _out;
    private State _state;
    private long _since;
    private bool _hasTurn;

    private enum State
    {
        Closed,

        /// <summary>The queue of who is to be connected to is full.</summary>
        Queueing,
        Connecting,
        Open,
    }

    /// <summary>Where it is among its owner's, for that one alone.</summary>
    internal int Index { get; set; }

    /// <summary>Begins with an accepted connection; closed where nothing comes of it.</summary>
    internal void Open(int outside, int inside)
    {
        (_outside, _inside, _since) = (outside, inside, loop.Now);
        _in = OneWay.Between(outside, inside);
        _out = OneWay.Between(inside, outside);
        _state = State.Queueing;
        _hasTurn = false;
        _place = loop.Enter(this);
        Connect();
    }

    public void Happened(int side, uint what)
    {
        var readable = (what & (Libc.EPOLLIN | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0;
        var writable = (what & (Libc.EPOLLOUT | Libc.EPOLLHUP | Libc.EPOLLERR)) != 0;
        if (side == Outside)
        {
            _in.IsReadable |= readable;
            _out.IsWritable |= writable;
        }
        else
        {
            _out.IsReadable |= readable;
            _in.IsWritable |= writable;
        }

        if (_state == State.Connecting && side == Inside && writable)
        {
            Connected();
        }
        else if (_state == State.Connecting && side == Outside && (what & Libc.EPOLLERR) != 0)
        {
            // Who connected broke it off: a service that does not answer would hold two descriptors for minutes, for nobody.
            Abort();
        }
        else if (_state == State.Open)
        {
            Pump();
        }
    }

    public void Go()
    {
        _hasTurn = false;
        if (_state == State.Queueing)
        {
            Connect();
        }
        else if (_state == State.Open)
        {
            Pump();
        }
    }

    /// <summary>Ends both sides where they are: who is connected sees that it was broken off, and no end of what is not whole.</summary>
    internal void Abort()
    {
        BreakOff(_outside);
        BreakOff(_inside);
        Close();
    }

    /// <summary>Once it is closed, its other end sees that it was broken off.</summary>
    internal static void BreakOff(int fd)
    {
        var atOnce = new Libc.Linger { l_onoff = 1, l_linger = 0 };
        _ = Libc.setsockopt_number(fd, Libc.SOL_SOCKET, Libc.SO_LINGER, &atOnce, (uint)sizeof(Libc.Linger));
    }

    private void Pump()
    {
        var there = _in.Pump(loop.Pipes);
        var back = _out.Pump(loop.Pipes);
        if (there == Progress.Reset || back == Progress.Reset)
        {
            Abort();
        }
        else if (there == Progress.Done && back == Progress.Done)
        {
            Close();
        }
        else if (!_hasTurn && (there == Progress.More || back == Progress.More))
        {
            _hasTurn = true;
            loop.Again(this);
        }
    }

    private void Close()
    {
        if (_state == State.Closed)
        {
            return;
        }

        _state = State.Closed;
        _in.Drop(loop.Pipes);
        _out.Drop(loop.Pipes);
        _ = Libc.close(_outside);
        _ = Libc.close(_inside);
        loop.Leave(_place);
        owner.Closed(this);
    }

    private void Connect()
    {
        var name = owner.Target.Name;
        int result;
        fixed (byte* address = name)
        {
            result = Libc.connect(_inside, address, (uint)name.Length);
        }

        var errno = result == 0 ? Errno.None : Libc.LastErrno;
        if (errno == Errno.EAGAIN && loop.Now - _since < QueuePatience)
        {
            loop.Later(this);
            return;
        }

        _state = State.Connecting;
        const uint Everything = Libc.EPOLLIN | Libc.EPOLLOUT | Libc.EPOLLET;
        if (!errno.IsNone && errno != Errno.EINPROGRESS)
        {
            owner.Failed(errno);
            Abort();
        }
        else if (!loop.Watch(_outside, Everything, _place, Outside).IsNone || !loop.Watch(_inside, Everything, _place, Inside).IsNone)
        {
            owner.Failed(Errno.ENOSPC);
            Abort();
        }
    }

    private void Connected()
    {
        int error;
        var length = (uint)sizeof(int);
        var errno = Libc.getsockopt_number(_inside, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length) == 0 ? new Errno(error) : Libc.LastErrno;
        if (errno.IsNone && owner.Target.SaysWho)
        {
            errno = Introduce();
        }

        if (!errno.IsNone)
        {
            owner.Failed(errno);
            Abort();
            return;
        }

        _state = State.Open;
        Pump();
    }

    private Errno Introduce()
    {
        const int Room = 128;
        var source = stackalloc byte[Room];
        var destination = stackalloc byte[Room];
        uint sourceLength = Room;
        uint destinationLength = Room;
        if (Libc.getpeername(_outside, source, &sourceLength) != 0 || Libc.getsockname_number(_outside, destination, &destinationLength) != 0)
        {
            return Libc.LastErrno;
        }

        var header = stackalloc byte[ProxyHeader.MaxLength];
        var length = ProxyHeader.Write(
            new Span<byte>(header, ProxyHeader.MaxLength),
            new ReadOnlySpan<byte>(source, (int)Math.Min(sourceLength, Room)),
            new ReadOnlySpan<byte>(destination, (int)Math.Min(destinationLength, Room)));

        // The first bytes of a connection find room, or there is none for anything.
        return Libc.send(_inside, header, (nuint)length, Libc.MSG_NOSIGNAL) == length ? Errno.None : Errno.ENOBUFS;
    }
}
