using System.Runtime.ExceptionServices;
using Wgns.Linux.Events;

namespace Wgns.Linux.Processes;

/// <summary>A thread that is there before there is anything for it, and does one thing after another.</summary>
/// <remarks>
/// The runtime starts a thread by a spin over sched_yield(2), and its locks begin with one. Whoever else is ready on that
/// processor, such as an engine that is being loaded, then has it for a whole slice: 3 ms, where a thread takes 0.1 ms. This one
/// is started when nobody is, and both sides wait for each other in poll(2).
/// </remarks>
public sealed class StandbyThread : IDisposable
{
    private readonly Bell _asked = new();
    private readonly Bell _done = new();
    private readonly Thread _thread;
    private Action? _body;
    private ExceptionDispatchInfo? _failure;
    private bool _isBusy;
    private bool _isOnce;

    /// <param name="name">At most 15 bytes are seen of it (pthread_setname_np(3)).</param>
    /// <exception cref="KernelException">EAGAIN: no more threads are allowed.</exception>
    public StandbyThread(string name)
    {
        _thread = new Thread(Serve) { Name = name, IsBackground = true };
        try
        {
            _thread.Begin();
        }
        catch (KernelException)
        {
            _asked.Dispose();
            _done.Dispose();
            throw;
        }
    }

    /// <summary>Has it begin with something. What was begun before is waited for.</summary>
    public void Begin(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Await();
        (_body, _isBusy) = (body, true);
        _asked.Ring();
    }

    /// <summary>Has one thing done that nobody waits for, by a thread that ends with it.</summary>
    public static void Do(string name, Action body)
    {
        var thread = new StandbyThread(name);
        thread._isOnce = true;
        thread.Begin(body);
    }

    /// <summary>Waits until that is done, and throws what it threw.</summary>
    public void Await()
    {
        if (!_isBusy)
        {
            return;
        }

        _done.Await();
        _isBusy = false;
        var failure = _failure;
        _failure = null;
        failure?.Throw();
    }

    /// <summary>Ends it, after what it is at.</summary>
    public void Dispose()
    {
        if (_isBusy)
        {
            _done.Await();
        }

        _body = null;
        _asked.Ring();
        _thread.Join();
        _asked.Dispose();
        _done.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            _asked.Await();
            if (_body is not { } body)
            {
                return;
            }

            try
            {
                body();
            }
#pragma warning disable CA1031 // whatever it is, it is thrown again on the caller's thread
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failure = ExceptionDispatchInfo.Capture(e);
            }

            if (_isOnce)
            {
                return;
            }

            _done.Ring();
        }
    }
}
