using System.Diagnostics;
using System.Text;
using Wgns.Linux.Events;

namespace Wgns.Linux.Processes;

/// <summary>The pipes that are a child's standard input, output and errors.</summary>
internal sealed class ChildPipes : IDisposable
{
    private readonly (OwnedFd Read, OwnedFd Write) _input = Descriptors.Pipe();
    private readonly (OwnedFd Read, OwnedFd Write) _output = Descriptors.Pipe();
    private readonly (OwnedFd Read, OwnedFd Write) _errors = Descriptors.Pipe();

    /// <summary>The child's end, as the two that follow.</summary>
    internal OwnedFd Input => _input.Read;

    internal OwnedFd Output => _output.Write;

    internal OwnedFd Errors => _errors.Write;

    /// <summary>
    /// Lets go of the ends that the child has by now, and waits until it has ended and closed its outputs. Out of time, it and its
    /// group are killed.
    /// </summary>
    /// <param name="text">What it is given to read.</param>
    /// <param name="stop">Ends it as its time does.</param>
    internal CommandResult Finish(int pid, ReadOnlySpan<byte> text, TimeSpan patience, CancellationToken stop = default)
    {
        var since = Stopwatch.GetTimestamp();
        Input.Dispose();
        Output.Dispose();
        Errors.Dispose();
        var said = PipeExchange.Run(_input.Write, text, _output.Read, _errors.Read, patience, stop);
        if (said.TimedOut)
        {
            // The child may have ended and left others behind that hold its outputs. Unreaped, its number is its own.
            _ = Libc.kill(-pid, Libc.SIGKILL);
        }

        var (status, late) = ChildProcess.Wait(pid, said.TimedOut ? TimeSpan.Zero : TimeLeft.Of(patience, since), stop);
        return new CommandResult(status, Encoding.UTF8.GetString(said.Output), Encoding.UTF8.GetString(said.Errors), said.TimedOut || late);
    }

    public void Dispose()
    {
        foreach (var (read, write) in ((OwnedFd, OwnedFd)[])[_input, _output, _errors])
        {
            read.Dispose();
            write.Dispose();
        }
    }
}
