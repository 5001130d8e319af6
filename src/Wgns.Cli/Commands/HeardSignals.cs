using System.Runtime.InteropServices;
using Wgns.Linux.Processes;

namespace Wgns.Cli.Commands;

/// <summary>Has signals do something in the place of ending the process, for as long as this is there.</summary>
/// <remarks>
/// The runtime has them heard on its threads, and may be about to when this ends: then nothing is done any more with what has been
/// disposed of by now, and the signal ends the process, as the next one would.
/// </remarks>
internal sealed class HeardSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _hearing = new();
    private bool _isOver;

    /// <param name="action">On a thread of the runtime's; nothing that waits for who disposes of this.</param>
    internal HeardSignals(Action action, params ReadOnlySpan<PosixSignal> signals)
        : this(Always(action), signals)
    {
    }

    /// <param name="action">The same; false has the signal end the process all the same.</param>
    internal HeardSignals(Func<bool> action, params ReadOnlySpan<PosixSignal> signals)
    {
        foreach (var signal in signals)
        {
            _registrations.Add(Threads.WithRuntimes(() => PosixSignalRegistration.Create(signal, context =>
            {
                lock (_hearing)
                {
                    // Of several that hear it, one that keeps the process is enough.
                    context.Cancel |= !_isOver && action();
                }
            })));
        }

        InheritedTerminal.LeaveAlone();
    }

    public void Dispose()
    {
        lock (_hearing)
        {
            _isOver = true;
        }

        _registrations.ForEach(r => r.Dispose());
    }

    private static Func<bool> Always(Action action) => () =>
    {
        action();
        return true;
    };
}
