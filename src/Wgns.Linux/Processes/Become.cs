namespace Wgns.Linux.Processes;

/// <summary>Turns this process into a command inside a netns: same pid, nothing of .NET left.</summary>
/// <remarks>
/// All that .NET can do well (users, environment, which files to mount) is done before; then come raw calls up to
/// execve(2), which ends every other thread. They are made on the caller's own thread: another one would only take time.
/// </remarks>
public static class Become
{
    /// <summary>
    /// Does not return where it succeeds. Where a step fails it stops there, and the calling thread is left with the
    /// namespaces and credentials it has by then: there is nothing to do but to say so and exit.
    /// </summary>
    public static BecomeFailure Run(BecomeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Command.IsDefaultOrEmpty)
        {
            throw new ArgumentException("there is no command", nameof(request));
        }

        DescriptorLimit.Know();
        var variables = request.Environment ?? Spawn.CurrentEnvironment();
        using var program = new ProgramImage(request.Command, request.User?.Environment(variables) ?? variables);
        try
        {
            return Inside(request, program, WorkingPlace.Name());
        }
        catch (KernelException e)
        {
            return new BecomeFailure(e.Operation, e.Errno, 1);
        }
    }

    private static BecomeFailure Inside(BecomeRequest request, ProgramImage program, string? workingDirectory)
    {
        Libc.Check(Libc.setns(request.Netns.Value, Libc.CLONE_NEWNET), "enter the network namespace");
        if (request.IsRight?.Invoke() == false)
        {
            return BecomeFailure.OtherNetns;
        }

        PrivateMounts.Enter(request);
        if (request.WorkingDirectory is null)
        {
            WorkingPlace.Keep(workingDirectory, request.Mounts);
        }

        CallFilter.Load();
        if (request.User is { } user)
        {
            Credentials.Drop(user, request.GivesUpCapabilities);
        }
        else if (request.GivesUpCapabilities)
        {
            Credentials.GiveUp();
        }

        if (request.WorkingDirectory is { } asked)
        {
            // As who the command is: a directory that is closed to them is not opened by us.
            WorkingPlace.Enter(asked, workingDirectory);
        }

        if (request.EndsWith is { } parent)
        {
            // Last: a change of credentials takes it away.
            ParentProcess.EndWith(parent);
        }

        request.Terminal?.Restore();
        Descriptors.CloseOnExec();
        return program.Execute();
    }
}
