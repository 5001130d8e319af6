using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>What this process goes on as.</summary>
/// <param name="Program">The path of the program that it executes, this one as a rule.</param>
/// <param name="Arguments">argv from 1 on.</param>
/// <param name="Kept">Descriptors that it takes along, under their numbers, besides 0, 1 and 2.</param>
public sealed record HandoverRequest(string Program, ImmutableArray<string> Arguments, ImmutableArray<int> Kept)
{
    /// <summary>Null stays in ours.</summary>
    public OwnedFd? Netns { get; init; }

    /// <summary>Null stays who we are.</summary>
    public UserAccount? User { get; init; }

    /// <summary>Whether who stays who they are gives up every capability, those of a user namespace of our own.</summary>
    public bool GivesUpCapabilities { get; init; }

    /// <summary>NAME=VALUE.</summary>
    public required IReadOnlyCollection<string> Environment { get; init; }
}

/// <summary>
/// Goes on as another program, or as this one anew, with sockets that were opened outside: in another netns, without
/// privileges, and with every thread, as execve(2) leaves none of the old ones.
/// </summary>
public static class Handover
{
    /// <summary>This process's own program, also where who it goes on as may not come to its path.</summary>
    public const string Self = "/proc/self/exe";

    /// <summary>Does not return where it succeeds. Where a step fails there is nothing to do but to say so and exit.</summary>
    public static BecomeFailure Run(HandoverRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        DescriptorLimit.Know();
        using var program = new ProgramImage([request.Program, .. request.Arguments], request.Environment);
        using var self = new ProgramImage([Self, .. request.Arguments], request.Environment);
        try
        {
            if (request.Netns is { } netns && Libc.setns(netns.Value, Libc.CLONE_NEWNET) != 0)
            {
                throw new KernelException("enter the network namespace", Libc.LastErrno);
            }

            if (request.User is { } user)
            {
                Credentials.Drop(user, forGood: true);
            }
            else if (request.GivesUpCapabilities)
            {
                Credentials.GiveUp();
            }

            Descriptors.CloseOnExec();
            foreach (var kept in request.Kept)
            {
                Libc.Check(Libc.fcntl(kept, Libc.F_SETFD, 0), $"keep descriptor {kept}");
            }

            var failure = program.Execute();
            if (failure.Errno != Errno.EACCES && failure.Errno != Errno.ENOENT)
            {
                return failure;
            }

            // In a directory that the user may not search, or replaced meanwhile.
            return self.Execute();
        }
        catch (KernelException e)
        {
            return new BecomeFailure(e.Operation, e.Errno, 1);
        }
    }
}
