namespace Wgns.Linux.Forwarding;

/// <summary>A listening TCP or unix socket, and the connections that came in by it.</summary>
internal sealed unsafe class StreamListener : IForwarded, IInLoop
{
    /// <summary>Connections until others have their turn.</summary>
    private const int Turn = 64;

    private readonly OwnedFd _listener;
    private readonly ForwardLoop _loop;
    private readonly Complaints _complaints;
    private readonly List<StreamPair> _open = [];
    private readonly Stack<StreamPair> _spare = new();
    private readonly int _place;
    private bool _listens;
    private int _most = 1;

    /// <summary>Accepted with the last descriptor, so that there is none for its way inside; -1 where there is none such.</summary>
    private int _waiting = -1;

    internal StreamListener(OwnedFd listener, ForwardTarget target, ForwardLoop loop, Complaints complaints)
    {
        (_listener, Target, _loop, _complaints) = (listener, target, loop, complaints);

        // A service manager hands it in so that accept(2) waits (NonBlocking= of systemd.service(5)).
        _ = Libc.fcntl(listener.Value, Libc.F_SETFL, Libc.fcntl(listener.Value, Libc.F_GETFL, 0) | Libc.O_NONBLOCK);

        // What is accepted has these from the socket that listens: one call for all.
        Set(listener.Value, Libc.SOL_SOCKET, Libc.SO_KEEPALIVE);
        Set(listener.Value, Libc.IPPROTO_TCP, Libc.TCP_NODELAY);
        _place = loop.Enter(this);
        Listen();
    }

    public int Active => _open.Count + (_waiting >= 0 ? 1 : 0);

    internal ForwardTarget Target { get; }

    public void StopListening()
    {
        if (_listens)
        {
            // The service manager holds the same one, and goes on listening.
            _loop.Unwatch(_listener.Value);
            _listens = false;
        }

        _listener.Dispose();
        if (_waiting >= 0)
        {
            Refuse(_waiting);
            _waiting = -1;
        }
    }

    public long Due(long now) => long.MaxValue;

    public void EndDue(long now)
    {
        // Connections have no time of their own: their ends say when they are over.
    }

    public void Happened(int side, uint what) => Go();

    public void Go()
    {
        if (_listener.IsClosed)
        {
            return;
        }

        // More at a time where more come at a time: one that comes alone need not be asked whether it was the last.
        var most = _most;
        _most = Math.Min(most * 2, Turn);
        for (var i = 0; i < most; i++)
        {
            var outside = _waiting >= 0 ? _waiting : Libc.accept4(_listener, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
            _waiting = -1;
            var errno = outside < 0 ? Libc.LastErrno : Errno.None;
            if (errno.IsNone)
            {
                errno = Begin(outside);
            }

            if (errno == Errno.EAGAIN)
            {
                _most = Math.Max(1, i);
                break;
            }

            if (IsScarcity(errno))
            {
                _complaints.Say("take another connection", errno);
                Rest();
                return;
            }

            if (!errno.IsNone && errno != Errno.EINTR && errno != Errno.ECONNABORTED)
            {
                // accept(2): an error that the network had for one connection; the socket goes on.
                _complaints.Say("take a connection", errno);
            }
        }

        Listen();
    }

    internal void Closed(StreamPair pair)
    {
        // The last one takes its place.
        var last = _open[^1];
        _open[pair.Index] = last;
        last.Index = pair.Index;
        _open.RemoveAt(_open.Count - 1);
        _spare.Push(pair);
    }

    internal void Failed(Errno errno) => _complaints.Say($"connect to {Target}", errno);

    public void Dispose()
    {
        StopListening();
        while (_open.Count > 0)
        {
            _open[^1].Abort();
        }

        _loop.Leave(_place);
    }

    private Errno Begin(int outside)
    {
        var inside = Libc.socket(Target.Family, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (inside < 0)
        {
            var errno = Libc.LastErrno;
            if (IsScarcity(errno))
            {
                _waiting = outside;
            }
            else
            {
                Refuse(outside);
            }

            return errno;
        }

        if (Target.Family != Libc.AF_UNIX)
        {
            // What is small is sent on at once: it was cut so by who sent it.
            Set(inside, Libc.IPPROTO_TCP, Libc.TCP_NODELAY);
            if (Target.IsByLoopback)
            {
                ListeningSocket.Unpace(inside);
            }
        }

        var pair = _spare.TryPop(out var spare) ? spare : new StreamPair(this, _loop);
        pair.Index = _open.Count;
        _open.Add(pair);
        pair.Open(outside, inside);
        return Errno.None;
    }

    private static bool IsScarcity(Errno errno) =>
        errno == Errno.EMFILE || errno == Errno.ENFILE || errno == Errno.ENOBUFS || errno == Errno.ENOMEM;

    private static void Refuse(int outside)
    {
        StreamPair.BreakOff(outside);
        _ = Libc.close(outside);
    }

    private void Listen()
    {
        if (_listens)
        {
            return;
        }

        var errno = _loop.Watch(_listener.Value, Libc.EPOLLIN, _place, 0);
        _listens = errno.IsNone ? true : throw new KernelException("wait for connections", errno);
    }

    /// <summary>Without a descriptor to spare, a connection that waits would wake us for nothing, over and over.</summary>
    private void Rest()
    {
        if (_listens)
        {
            _loop.Unwatch(_listener.Value);
            _listens = false;
        }

        _loop.Later(this);
    }

    // EOPNOTSUPP of a unix socket, which has no such thing.
    private static void Set(int fd, int level, int option)
    {
        var on = 1;
        _ = Libc.setsockopt_number(fd, level, option, &on, sizeof(int));
    }
}
