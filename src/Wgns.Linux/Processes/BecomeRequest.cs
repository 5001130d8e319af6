using System.Collections.Immutable;

namespace Wgns.Linux.Processes;

/// <summary>What this process is to become: a command inside a netns.</summary>
/// <param name="Netns">The netns, opened outside.</param>
/// <param name="Name">Its name: shows as the device of /sys.</param>
/// <param name="Command">The program, searched for in the command's PATH, and its arguments.</param>
public sealed record BecomeRequest(OwnedFd Netns, string Name, ImmutableArray<string> Command)
{
    /// <summary>Asked inside the netns, on the thread itself, whether it is the right one, before anything is done there. Raw calls only.</summary>
    public Func<bool>? IsRight { get; init; }

    /// <summary>Done in this order, after /sys, as the user that we are.</summary>
    public ImmutableArray<MountStep> Mounts { get; init; } = [];

    /// <summary>Null stays who we are, capabilities and all.</summary>
    public UserAccount? User { get; init; }

    /// <summary>Whether all capabilities are given up: those of a user namespace that is ours, where nobody else is to be become.</summary>
    public bool GivesUpCapabilities { get; init; }

    /// <summary>The process that started us, at whose end the command is killed; null for a command that outlives it.</summary>
    public int? EndsWith { get; init; }

    /// <summary>NAME=VALUE; null is ours. HOME, USER, LOGNAME and SHELL are the user's where one is given.</summary>
    public IReadOnlyCollection<string>? Environment { get; init; }

    /// <summary>Where the command starts, as it is inside and for its user; null is where we are.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Put back before the command starts; null where there is none.</summary>
    public InheritedTerminal? Terminal { get; init; }

    /// <summary>
    /// Unmounted in the command's mount namespace, where it is a mount: its copies of other netns' mounts would keep
    /// those alive after their names are deleted.
    /// </summary>
    public required string NetnsDirectory { get; init; }
}

/// <summary>Why this process did not become the command.</summary>
/// <param name="Step">What was refused, in words.</param>
/// <param name="ExitStatus">As shells have it: 127 not found, 126 not executable, 1 where it did not come so far.</param>
public sealed record BecomeFailure(string Step, Errno Errno, int ExitStatus)
{
    /// <summary>What <see cref="BecomeRequest.IsRight"/> denies.</summary>
    public static readonly BecomeFailure OtherNetns = new("enter the network namespace, which is another one", Errno.ESTALE, 1);
}
