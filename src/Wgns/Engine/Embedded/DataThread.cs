using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Processes;
using Wgns.WireGuard.Primitives;

namespace Wgns.Engine.Embedded;

/// <summary>A thread that works while there is something to do, and sleeps until there is, or until the end.</summary>
internal sealed class DataThread : IDisposable
{
    private const int StackSize = 512 * 1024;

    private readonly Bell _bell = new();
    private readonly Thread _thread;
    private volatile bool _isEnding;

    /// <param name="step">Does one batch; false where there was nothing.</param>
    /// <param name="gone">What was worked on is gone: told once, as the last thing.</param>
    internal DataThread(string name, OwnedFd readable, IAead aead, Func<bool> step, Action<KernelException> gone)
    {
        _thread = new Thread(() => Run(readable, aead, step, gone), StackSize) { Name = name, IsBackground = true };
    }

    internal void Start() => _thread.Begin();

    /// <summary>What it waits for may be another thing by now, under the same descriptor: poll(2) stays with the old one.</summary>
    internal void LookAgain() => _bell.Ring();

    /// <summary>Does not wait for it.</summary>
    internal void AskToEnd()
    {
        _isEnding = true;
        _bell.Ring();
    }

    /// <summary>Waits for its end, where it was started.</summary>
    internal void Join()
    {
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    public void Dispose() => _bell.Dispose();

    private void Run(OwnedFd readable, IAead aead, Func<bool> step, Action<KernelException> gone)
    {
        try
        {
            while (!_isEnding)
            {
                if (!step())
                {
                    aead.Forget();
                    _ = Sleep.UntilReadable(readable, _bell);
                }
            }
        }
        catch (KernelException e)
        {
            gone(e);
        }
    }
}
