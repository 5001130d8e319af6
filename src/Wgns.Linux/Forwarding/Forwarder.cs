using Wgns.Linux.Events;
using Wgns.Linux.Sockets;

namespace Wgns.Linux.Forwarding;

/// <summary>How long a forwarder waits for what.</summary>
/// <param name="Idle">It ends after so long without a connection or flow; null never.</param>
/// <param name="Grace">What is open when it is told to end has so long to come to an end of its own.</param>
/// <param name="FlowTimeout">A sender of datagrams is forgotten after so long without one in either direction.</param>
public sealed record ForwardTimes(TimeSpan? Idle, TimeSpan Grace, TimeSpan FlowTimeout);

/// <summary>
/// Takes connections and datagrams by sockets that listen outside, and sends them on to addresses of the netns that the
/// process is in. One thread, in one epoll_wait(2); bytes of streams stay in the kernel; nothing is allocated for a chunk.
/// </summary>
public sealed class Forwarder : IDisposable
{
    private readonly ForwardLoop _loop = new();
    private readonly Bell _bell = new();
    private readonly ForwardTimes _times;
    private readonly Complaints _complaints;
    private readonly List<IForwarded> _forwarded = [];
    private ReceiveBuffer? _buffer;
    private int _asked;

    /// <param name="say">Gets a line for what fails.</param>
    public Forwarder(ForwardTimes times, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(times);
        ArgumentNullException.ThrowIfNull(say);
        (_times, _complaints) = (times, new Complaints(say));
        var errno = _loop.Watch(_bell.Fd.Value, Libc.EPOLLIN, _loop.Enter(new Ringing(_bell)), 0);
        if (!errno.IsNone)
        {
            throw new KernelException("wait for a signal", errno);
        }
    }

    /// <summary>Forwards what comes in by a socket that listens, or that is bound where it is of datagrams. Takes the socket over.</summary>
    /// <exception cref="KernelException">EINVAL: it is no such socket, or datagrams are to go to a unix socket.</exception>
    public void Add(OwnedFd listener, ForwardTarget target)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(target);
        switch (ListeningSocket.KindOf(listener))
        {
            case Libc.SOCK_STREAM:
                _forwarded.Add(new StreamListener(listener, target, _loop, _complaints));
                break;
            case Libc.SOCK_DGRAM when target.Family != Libc.AF_UNIX:
                _forwarded.Add(new DatagramListener(listener, target, _loop, _complaints, _buffer ??= new ReceiveBuffer(), _times.FlowTimeout));
                break;
            default:
                throw new KernelException($"forward descriptor {listener.Value} to {target}: it is no socket that listens for that", Errno.EINVAL);
        }
    }

    /// <summary>Stops when a descriptor has come to its end: the reading side of a pipe whose other side somebody holds.</summary>
    /// <exception cref="KernelException">EPERM: it is a file or /dev/null, which never tell.</exception>
    public void StopAtEndOf(int fd)
    {
        var errno = _loop.Watch(fd, Libc.EPOLLIN, _loop.Enter(new Attendance(this, _loop, fd)), 0);
        if (!errno.IsNone)
        {
            throw errno == Errno.EPERM
                ? new KernelException("wait for the end of standard input", errno, "it is no pipe, socket or terminal, and has no end")
                : new KernelException("wait for the end of standard input", errno);
        }
    }

    /// <summary>From any thread: ends <see cref="Run"/>, with grace; asked a second time, at once.</summary>
    public void Stop()
    {
        Interlocked.Increment(ref _asked);
        _bell.Ring();
    }

    /// <summary>Runs until it was idle for long enough, or is stopped.</summary>
    public void Run()
    {
        var quietSince = _loop.Now;
        var end = long.MaxValue;
        while (true)
        {
            var asked = Volatile.Read(ref _asked);
            if (asked > 0 && end == long.MaxValue)
            {
                _forwarded.ForEach(f => f.StopListening());
                end = _loop.Now + (long)_times.Grace.TotalMilliseconds;
            }

            if (asked > 1 || _loop.Now >= end || (asked > 0 && Connections() == 0))
            {
                return;
            }

            var due = end;
            var active = 0;
            foreach (var one in _forwarded)
            {
                one.EndDue(_loop.Now);
                due = Math.Min(due, one.Due(_loop.Now));
                active += one.Active;
            }

            if (active > 0)
            {
                quietSince = long.MaxValue;
            }
            else if (_times.Idle is { } idle)
            {
                quietSince = Math.Min(quietSince, _loop.Now);
                var idleEnd = quietSince + (long)idle.TotalMilliseconds;
                if (_loop.Now >= idleEnd)
                {
                    return;
                }

                due = Math.Min(due, idleEnd);
            }

            _loop.Round(due);
        }
    }

    public void Dispose()
    {
        _forwarded.ForEach(f => f.Dispose());
        _buffer?.Dispose();
        _loop.Dispose();
        _bell.Dispose();
    }

    // Senders of datagrams say no goodbye: nobody waits for them.
    private int Connections() => _forwarded.OfType<StreamListener>().Sum(f => f.Active);

    private sealed class Attendance(Forwarder forwarder, ForwardLoop loop, int fd) : IInLoop
    {
        public unsafe void Happened(int side, uint what)
        {
            var words = stackalloc byte[64];
            if (Libc.read(fd, words, 64) <= 0)
            {
                loop.Unwatch(fd);
                forwarder.Stop();
            }
        }

        public void Go()
        {
            // Only waits.
        }
    }

    private sealed class Ringing(Bell bell) : IInLoop
    {
        public void Happened(int side, uint what) => bell.Drain();

        public void Go()
        {
            // Only wakes the loop.
        }
    }
}
