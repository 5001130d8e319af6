using System.Runtime.InteropServices;
using Wgns.Execution;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Tools;

/// <summary>Ends this process at the given point, with no time for anything.</summary>
internal sealed partial class Killer(int point) : IRunObserver
{
    private const int SIGKILL = 9;

    private int _passed;

    public void Saving(StateRecord? record) => Pass(record is null ? "before removing the record" : "before writing the record");

    public void Saved(StateRecord? record) => Pass(record is null ? "after removing the record" : "after writing the record");

    public void Starting(Operation operation) => Pass($"before: {operation.Describe()}");

    public void Done(Operation operation) => Pass($"after: {operation.Describe()}");

    private void Pass(string where)
    {
        if (++_passed == point)
        {
            // Console.Out flushes line by line, so that the test can say where it was.
            Console.Out.WriteLine(where);
            _ = kill(Environment.ProcessId, SIGKILL);
            Thread.Sleep(Timeout.Infinite);
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
