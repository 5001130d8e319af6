using System.Runtime.InteropServices;

namespace Wgns.Cli.Commands;

/// <summary>Has signals do something in the place of ending the process, for as long as this is there.</summary>
internal sealed class HeardSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="action">On a thread of the runtime's.</param>
    internal HeardSignals(Action action, params ReadOnlySpan<PosixSignal> signals)
    {
        foreach (var signal in signals)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                action();
            }));
        }
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());
}
