using System.Collections.Immutable;
using System.Diagnostics;
using Wgns.Linux.Events;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>A program to be run as root of a user namespace made for it.</summary>
/// <param name="Arguments">argv from 1 on.</param>
public sealed record UserNamespaceRequest(ImmutableArray<string> Arguments)
{
    /// <summary>Ourselves by default; argv[0] too.</summary>
    public string Program { get; init; } = "/proc/self/exe";

    /// <summary>NAME=VALUE; null is our own environment.</summary>
    public IReadOnlyCollection<string>? Environment { get; init; }

    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>For all of it; then the program is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What came of it.</summary>
public abstract record UserNamespaceResult
{
    private UserNamespaceResult()
    {
    }

    /// <summary>
    /// This machine does not let us have a user namespace: EPERM (a sysctl or a security module), ENOSPC
    /// (user.max_user_namespaces), EINVAL (not built in), EACCES; ETIMEDOUT where the child did not answer.
    /// </summary>
    public sealed record Unavailable(string Step, Errno Errno) : UserNamespaceResult;

    /// <summary>The program ran.</summary>
    public sealed record Ended(CommandResult Command) : UserNamespaceResult;
}

/// <summary>Runs a program in a throw-away user and network namespace, with all capabilities there and none outside.</summary>
/// <remarks>
/// unshare(CLONE_NEWUSER) is EINVAL in a process with threads, which a .NET process always is, so a child does it; and
/// a forked .NET process may not run .NET, so the child makes a handful of raw calls and executes a program:
/// <see cref="BareFork"/>.
/// </remarks>
public static class UserNamespaceProcess
{
    // A fork that falls into a garbage collection never answers (see BareFork), and one that does takes milliseconds.
    private const int Attempts = 5;

    public static UserNamespaceResult Run(UserNamespaceRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var since = Stopwatch.GetTimestamp();
        var variables = request.Environment ?? Spawn.CurrentEnvironment();
        using var pipes = new ChildPipes();
        for (var attempt = 1; ; attempt++)
        {
            using var fork = new BareFork(request.Program, request.Arguments, variables);
            var pid = fork.Start(
                [new RawCall(Syscall.unshare, Libc.CLONE_NEWUSER | Libc.CLONE_NEWNET)],
                [new RawCall(Syscall.dup3, pipes.Input.Value, 0), new RawCall(Syscall.dup3, pipes.Output.Value, 1), new RawCall(Syscall.dup3, pipes.Errors.Value, 2)]);
            var patience = attempt < Attempts ? TimeSpan.FromMilliseconds(250 * attempt) : Left();
            var unavailable = ChildProcess.Begun(pid, () => Begin(fork, pid, patience, Left));
            if (unavailable is null)
            {
                return new UserNamespaceResult.Ended(pipes.Finish(pid, request.Input.Span, Left()));
            }

            _ = ChildProcess.Wait(pid, TimeSpan.Zero);
            if (unavailable.Errno != Errno.ETIMEDOUT || attempt == Attempts)
            {
                return unavailable;
            }
        }

        TimeSpan Left() => TimeLeft.Of(request.Timeout, since);
    }

    private static UserNamespaceResult.Unavailable? Begin(BareFork fork, int pid, TimeSpan patience, Func<TimeSpan> left)
    {
        var unshared = fork.Report(patience);
        if (!unshared.IsNone)
        {
            return new UserNamespaceResult.Unavailable("create a user namespace", unshared);
        }

        try
        {
            Map(pid);
        }
        catch (KernelException e)
        {
            return new UserNamespaceResult.Unavailable(e.Operation, e.Errno);
        }

        var executed = fork.Continue(left());
        return executed.IsNone ? null : throw new KernelException($"execute {fork.Program}", executed);
    }

    /// <summary>user_namespaces(7): who is not root may map themselves only, and only with setgroups(2) given up.</summary>
    private static void Map(int pid)
    {
        IdMap.Write($"/proc/{pid}/setgroups", "deny");
        IdMap.Write($"/proc/{pid}/uid_map", $"0 {Libc.geteuid()} 1");
        IdMap.Write($"/proc/{pid}/gid_map", $"0 {Libc.getegid()} 1");
    }
}
