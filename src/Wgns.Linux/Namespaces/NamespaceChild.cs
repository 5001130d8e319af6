using System.Collections.Immutable;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>A program to be run by a child of ours in other user and mount namespaces, with our standard streams.</summary>
/// <param name="Program">Its path.</param>
/// <param name="Arguments">argv from 1 on.</param>
public sealed record NamespaceChildRequest(string Program, ImmutableArray<string> Arguments)
{
    /// <summary>NAME=VALUE.</summary>
    public required IReadOnlyCollection<string> Environment { get; init; }

    /// <summary>One to be entered; null makes a new one, where <see cref="Ids"/> are given, and else leaves it as it is.</summary>
    public OwnedFd? User { get; init; }

    /// <summary>Who is who in the new user namespace.</summary>
    public IdMap? Ids { get; init; }

    /// <summary>One to be entered; null makes a new one, which is a copy of ours.</summary>
    public OwnedFd? Mounts { get; init; }

    /// <summary>Whether it has a network namespace of its own, in which there is only lo, which is down.</summary>
    public bool NewNetwork { get; init; }

    /// <summary>Whether it has a session of its own, out of the reach of the terminal's keys.</summary>
    public bool OwnSession { get; init; }

    /// <summary>Null is ours.</summary>
    public OwnedFd? Input { get; init; }

    /// <summary>Null is ours.</summary>
    public OwnedFd? Output { get; init; }
}

/// <summary>What came of starting it.</summary>
public abstract record NamespaceChildResult
{
    private NamespaceChildResult()
    {
    }

    public sealed record Started(ProcessIdentity Process) : NamespaceChildResult;

    /// <summary>The kernel does not let us have these namespaces.</summary>
    public sealed record Refused(NamespaceStep Step, string Words, Errno Errno) : NamespaceChildResult;
}

/// <summary>What can be refused to a child that goes into other namespaces.</summary>
public enum NamespaceStep
{
    CreateUser,
    MapIds,
    EnterUser,
    Mounts,
    Network,
    Capabilities,
    Execute,
}

/// <summary>
/// Starts such a child. It keeps all capabilities that it has in its user namespace though it is not root there: user
/// namespaces need no root, and so users stay who they are.
/// </summary>
/// <remarks>
/// user_namespaces(7), capabilities(7). setns(2) and unshare(2) of a user namespace are EINVAL in a process with threads, so
/// a bare fork makes them.
/// </remarks>
public static class NamespaceChild
{
    // A fork that falls into a garbage collection never answers (see BareFork), and one that does takes milliseconds.
    private const int Attempts = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static NamespaceChildResult Start(NamespaceChildRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var capabilities = new CapabilityCalls();
        using var directory = new NativeStrings([WorkingPlace.Name() ?? "/", "/"]);
        var first = First(request);
        var then = Then(request, capabilities, directory);
        for (var attempt = 1; ; attempt++)
        {
            using var fork = new BareFork(request.Program, request.Arguments, request.Environment);
            var pid = fork.Start([.. first.Select(s => s.Call)], [.. then.Select(s => s.Call)]);
            var patience = attempt < Attempts ? TimeSpan.FromMilliseconds(250 * attempt) : Patience;
            var refused = ChildProcess.Begun(pid, () => Begin(fork, pid, [.. first, .. then], request, patience));
            if (refused is null)
            {
                return new NamespaceChildResult.Started(
                    ProcessIdentity.Of(pid) ?? throw new KernelException($"look at process {pid}", Errno.ESRCH));
            }

            _ = ChildProcess.Wait(pid, TimeSpan.Zero);
            if (refused.Errno != Errno.ETIMEDOUT || attempt == Attempts)
            {
                return refused;
            }
        }
    }

    private static List<Described> First(NamespaceChildRequest request) =>
        request.User is { } user
            ? [new(NamespaceStep.EnterUser, "enter the user namespace", new RawCall(Syscall.setns, user.Value, Libc.CLONE_NEWUSER))]
            : request.Ids is not null
                ? [new(NamespaceStep.CreateUser, "create a user namespace", new RawCall(Syscall.unshare, Libc.CLONE_NEWUSER))]
                : [];

    private static List<Described> Then(NamespaceChildRequest request, CapabilityCalls capabilities, NativeStrings directory)
    {
        List<Described> calls =
        [
            request.Mounts is { } mounts
                ? new(NamespaceStep.Mounts, "enter the mount namespace", new RawCall(Syscall.setns, mounts.Value, Libc.CLONE_NEWNS))
                : new(NamespaceStep.Mounts, "create a mount namespace", new RawCall(Syscall.unshare, Libc.CLONE_NEWNS)),
        ];
        if (request.Mounts is null)
        {
            // What is mounted there must not come to be in the namespace that it is a copy of.
            calls.Add(new(NamespaceStep.Mounts, "keep mounts to itself", OwnMounts(directory)));
        }

        if (request.NewNetwork)
        {
            calls.Add(new(NamespaceStep.Network, "create a network namespace", new RawCall(Syscall.unshare, Libc.CLONE_NEWNET)));
        }

        if (request.User is not null || request.Ids is not null)
        {
            calls.AddRange(capabilities.Keep.Select(c => new Described(NamespaceStep.Capabilities, "keep the capabilities of a user namespace", c)));
        }

        if (request.Mounts is not null)
        {
            // setns(2) went to the root directory.
            calls.Add(new(NamespaceStep.Execute, "stay in the directory", Chdir(directory)));
        }

        if (request.OwnSession)
        {
            calls.Add(new(NamespaceStep.Execute, "make a session", new RawCall(Syscall.setsid)));
        }

        foreach (var (fd, number) in ((OwnedFd?, int)[])[(request.Input, 0), (request.Output, 1)])
        {
            if (fd is not null)
            {
                calls.Add(new(NamespaceStep.Execute, "set the standard streams", new RawCall(Syscall.dup3, fd.Value, number)));
            }
        }

        return calls;
    }

    private static NamespaceChildResult.Refused? Begin(
        BareFork fork, int pid, List<Described> calls, NamespaceChildRequest request, TimeSpan patience)
    {
        var begun = fork.Report(patience);
        if (!begun.IsNone)
        {
            return Of(fork, calls, begun);
        }

        if (request is { User: null, Ids: { } ids })
        {
            try
            {
                ids.Write(pid);
            }
            catch (KernelException e)
            {
                return new NamespaceChildResult.Refused(NamespaceStep.MapIds, e.Operation, e.Errno);
            }
        }

        var executed = fork.Continue(Patience);
        return executed.IsNone ? null : Of(fork, calls, executed);
    }

    private static NamespaceChildResult.Refused Of(BareFork fork, List<Described> calls, Errno errno) =>
        errno != Errno.ETIMEDOUT && fork.Failed < calls.Count
            ? new NamespaceChildResult.Refused(calls[fork.Failed].Step, calls[fork.Failed].Words, errno)
            : new NamespaceChildResult.Refused(NamespaceStep.Execute, $"execute {fork.Program}", errno);

    private static unsafe RawCall Chdir(NativeStrings directory) => new(Syscall.chdir, (nint)directory.First);

    private static unsafe RawCall OwnMounts(NativeStrings directory) =>
        new(Syscall.mount, 0, (nint)directory.Pointer[1], 0, (nint)(Libc.MS_REC | Libc.MS_SLAVE));

    private sealed record Described(NamespaceStep Step, string Words, RawCall Call);
}
