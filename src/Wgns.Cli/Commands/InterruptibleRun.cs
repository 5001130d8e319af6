using System.Runtime.InteropServices;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Cli.Commands;

/// <summary>Has SIGINT, SIGTERM, and the SIGHUP of a terminal that is closed, take back what a run has done.</summary>
/// <remarks>
/// With nothing begun there is nothing to take back, and the signal ends the process as it would without us: waiting
/// for another wgns, or for a name server that does not answer, can take a minute in which nobody asks for a token.
/// </remarks>
internal sealed class InterruptibleRun : IRunObserver, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly IRunObserver? _next;
    private volatile bool _hasBegun;

    /// <param name="next">Is told of the run, too.</param>
    internal InterruptibleRun(IRunObserver? next)
    {
        _next = next;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel),
            // Under nohup(1) it stays ignored: the runtime leaves a disposition to ignore as it is.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel),
        ];
    }

    internal CancellationToken Stop => _stop.Token;

    public void Saving(StateRecord? record)
    {
        _hasBegun = true;
        _next?.Saving(record);
    }

    public void Saved(StateRecord? record) => _next?.Saved(record);

    public void Starting(Operation operation) => _next?.Starting(operation);

    public void Done(Operation operation) => _next?.Done(operation);

    public void Dispose()
    {
        Array.ForEach(_signals, s => s.Dispose());
        _stop.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        // Of several that run at once, one that has begun is enough.
        context.Cancel |= _hasBegun;
        _stop.Cancel();
    }
}
