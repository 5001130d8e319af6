namespace Wgns.Linux.Forwarding;

/// <summary>Something with descriptors in the loop.</summary>
internal interface IInLoop
{
    /// <param name="side">0 or 1: which of its descriptors.</param>
    /// <param name="what">EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP.</param>
    void Happened(int side, uint what);

    /// <summary>Its turn, that it asked for by <see cref="ForwardLoop.Again"/> or <see cref="ForwardLoop.Later"/>.</summary>
    void Go();
}

/// <summary>What is shared by everything that one thread forwards: who waits for which descriptor, whose turn it is, the time.</summary>
internal sealed class ForwardLoop : IDisposable
{
    /// <summary>What finds no descriptor, or a unix socket with a full queue, tries again so soon.</summary>
    private const int LaterMilliseconds = 10;

    private readonly Epoll _epoll = new();
    private readonly List<(IInLoop? Who, uint Generation)> _places = [];
    private readonly Stack<int> _free = new();
    private Queue<IInLoop> _again = new();
    private Queue<IInLoop> _turn = new();
    private List<IInLoop> _later = [];
    private List<IInLoop> _retry = [];
    private long _laterAt;

    internal PipePool Pipes { get; } = new();

    /// <summary>Milliseconds from the start of the machine, taken once a round.</summary>
    internal long Now { get; private set; } = Environment.TickCount64;

    /// <summary>A place, by which what happens to one's descriptors is told from what happened to those of who had it before.</summary>
    internal int Enter(IInLoop who)
    {
        if (_free.TryPop(out var place))
        {
            _places[place] = (who, _places[place].Generation);
            return place;
        }

        _places.Add((who, 0));
        return _places.Count - 1;
    }

    /// <summary>Once its descriptors are closed.</summary>
    internal void Leave(int place)
    {
        _places[place] = (null, (_places[place].Generation + 1) & 0x7FFFFFFF);
        _free.Push(place);
    }

    internal Errno Watch(int fd, uint what, int place, int side) =>
        _epoll.Add(fd, what, ((ulong)_places[place].Generation << 33) | ((ulong)(uint)place << 1) | (uint)side);

    internal void Unwatch(int fd) => _epoll.Remove(fd);

    /// <summary>A turn after everybody else's.</summary>
    internal void Again(IInLoop who) => _again.Enqueue(who);

    /// <summary>A turn in a moment.</summary>
    internal void Later(IInLoop who)
    {
        if (_later.Count == 0)
        {
            _laterAt = Now + LaterMilliseconds;
        }

        _later.Add(who);
    }

    /// <summary>One round: waits until something happens, but not past <paramref name="until"/>, and has it dealt with.</summary>
    internal void Round(long until)
    {
        var count = _epoll.Wait(Patience(until));
        Now = Environment.TickCount64;
        for (var i = 0; i < count; i++)
        {
            var (what, token) = _epoll[i];
            var (who, generation) = _places[(int)(uint)(token >> 1)];

            // It may have been closed by what happened to another a moment ago.
            if (generation == (uint)(token >> 33))
            {
                who?.Happened((int)(token & 1), what);
            }
        }

        (_again, _turn) = (_turn, _again);
        while (_turn.TryDequeue(out var who))
        {
            who.Go();
        }

        if (_later.Count > 0 && Now >= _laterAt)
        {
            (_later, _retry) = (_retry, _later);
            foreach (var who in _retry)
            {
                who.Go();
            }

            _retry.Clear();
        }
    }

    public void Dispose()
    {
        Pipes.Dispose();
        _epoll.Dispose();
    }

    private int Patience(long until)
    {
        if (_again.Count > 0)
        {
            return 0;
        }

        var next = _later.Count > 0 ? Math.Min(until, _laterAt) : until;
        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue);
    }
}
