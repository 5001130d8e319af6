using System.Diagnostics;
using System.Globalization;
using Wgns.Execution;
using Wgns.Linux;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Cli.Output;

/// <summary>
/// Prints each operation when it is done, with its time in milliseconds. Where that cannot be printed it stops printing, and no more: the
/// run is worth more than the account of it, and whatever the command says in the end meets the same fault, and tells it.
/// </summary>
internal sealed class ProgressText : IRunObserver
{
    private long _started;
    private bool _isUnheard;

    public void Saving(StateRecord? record)
    {
    }

    public void Saved(StateRecord? record)
    {
    }

    public void Starting(Operation operation) => _started = Stopwatch.GetTimestamp();

    public void Done(Operation operation)
    {
        if (_isUnheard)
        {
            return;
        }

        var milliseconds = Stopwatch.GetElapsedTime(_started).TotalMilliseconds;
        try
        {
            Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds,8:F1} ms  {operation.Describe()}"));
        }
        catch (KernelException)
        {
            _isUnheard = true;
        }
    }
}
