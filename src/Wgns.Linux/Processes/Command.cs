namespace Wgns.Linux.Processes;

/// <summary>How a command ended.</summary>
/// <param name="ExitStatus">As shells have it: 128 + the signal where one ended it; 137 (SIGKILL) where its time was up.</param>
public sealed record CommandResult(int ExitStatus, string Output, string Errors, bool TimedOut);

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    /// <summary>
    /// Waits until a child of ours has ended, whoever it has left behind; out of time, it and its session's group are killed.
    /// </summary>
    /// <param name="stop">Ends the waiting as its time does.</param>
    public static WaitStatus WaitFor(ProcessIdentity process, TimeSpan timeout, CancellationToken stop = default) =>
        ChildProcess.Wait(process.Pid, timeout, stop);

    /// <summary>
    /// Starts the program as <see cref="Spawn"/> does and waits until it has ended and closed its outputs. Out of time,
    /// it and its whole session's group are killed. Input, Output and Errors of the request are not used.
    /// </summary>
    /// <param name="stop">Ends it as its time does.</param>
    /// <exception cref="KernelException">It could not be started: ENOENT, EACCES.</exception>
    public static CommandResult Run(SpawnRequest request, ReadOnlySpan<byte> input, TimeSpan timeout, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var pipes = new ChildPipes();
        var process = Spawn.Start(request with { Input = pipes.Input, Output = pipes.Output, Errors = pipes.Errors });
        return pipes.Finish(process.Pid, input, timeout, stop);
    }
}
