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
    private readonly HeardSignals _signals;
    private readonly IRunObserver? _next;
    private volatile bool _hasBegun;

    /// <param name="next">Is told of the run, too.</param>
    internal InterruptibleRun(IRunObserver? next)
    {
        _next = next;
        // Under nohup(1) the last stays ignored: the runtime leaves a disposition to ignore as it is.
        _signals = new HeardSignals(Cancel, PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
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
        _signals.Dispose();
        _stop.Dispose();
    }

    private bool Cancel()
    {
        var hasBegun = _hasBegun;
        _stop.Cancel();
        return hasBegun;
    }
}
