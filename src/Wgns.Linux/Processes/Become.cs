using Wgns.Linux.Namespaces;

namespace Wgns.Linux.Processes;

/// <summary>Turns this process into a command inside a netns: same pid, nothing of .NET left.</summary>
/// <remarks>
/// All that .NET can do well (users, environment, which files to mount) is done before on the caller's thread; then a
/// netns thread makes raw calls up to execve(2), which ends every other thread. Each step that fails stops it there,
/// and the process goes on as it was: namespaces, credentials and signal mask are those of the thread that ends.
/// </remarks>
public static class Become
{
    /// <summary>Does not return where it succeeds.</summary>
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
            return NetnsThread.Run(request.Netns, () => Inside(request, program));
        }
        catch (KernelException e)
        {
            return new BecomeFailure(e.Operation, e.Errno, 1);
        }
    }

    private static BecomeFailure Inside(BecomeRequest request, ProgramImage program)
    {
        PrivateMounts.Enter(request);
        if (request.User is { } user)
        {
            Credentials.Drop(user);
        }

        request.Terminal?.Restore();
        Descriptors.CloseOnExec();
        return program.Execute();
    }
}
