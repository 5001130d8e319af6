using System.Diagnostics;
using System.Globalization;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Cli.Output;

/// <summary>Prints each operation when it is done, with its time in milliseconds.</summary>
internal sealed class ProgressText : IRunObserver
{
    private long _started;

    public void Saving(StateRecord? record)
    {
    }

    public void Saved(StateRecord? record)
    {
    }

    public void Starting(Operation operation) => _started = Stopwatch.GetTimestamp();

    public void Done(Operation operation)
    {
        var milliseconds = Stopwatch.GetElapsedTime(_started).TotalMilliseconds;
        Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds,8:F1} ms  {operation.Describe()}"));
    }
}
