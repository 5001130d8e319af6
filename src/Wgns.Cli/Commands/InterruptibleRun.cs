using System.Runtime.InteropServices;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Cli.Commands;

/// <summary>Has SIGINT and SIGTERM take back what a run has done.</summary>
/// <remarks>
/// With nothing begun there is nothing to take back, and the signal ends the process as it would without us: waiting
/// for another wgns, or for a name server that does not answer, can take a minute in which nobody asks for a token.
/// </remarks>
internal sealed class InterruptibleRun : IRunObserver, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly IRunObserver? _next;
    private volatile bool _hasBegun;

    /// <param name="next">Is told of the run, too.</param>
    internal InterruptibleRun(IRunObserver? next)
    {
        _next = next;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
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
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        // Of several that run at once, one that has begun is enough.
        context.Cancel |= _hasBegun;
        _stop.Cancel();
    }
}
