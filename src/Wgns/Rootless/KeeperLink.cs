using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;

namespace Wgns.Rootless;

/// <summary>A keeper that is to be started.</summary>
/// <param name="Self">How this program is started: its path, and what an interpreter needs before the verb.</param>
/// <param name="Arguments">The verb and its words.</param>
/// <param name="Root">The directory of its <see cref="RuntimePaths"/>.</param>
public sealed record KeeperRequest(ImmutableArray<string> Self, ImmutableArray<string> Arguments, string Root)
{
    /// <summary>A user namespace to be entered; null makes one, unless this is root, who needs none.</summary>
    public OwnedFd? User { get; init; }
}

/// <summary>
/// The other side of a keeper, as its starter has it. A pipe leads to the keeper, which ends when our end is closed: also by the
/// kernel, when we are killed. Another comes from it, by which it says that all is ready.
/// </summary>
public sealed class KeeperLink : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    private readonly OwnedFd _life;
    private readonly OwnedFd _word;

    private KeeperLink(ProcessIdentity process, OwnedFd life, OwnedFd word) => (Process, _life, _word) = (process, life, word);

    public ProcessIdentity Process { get; }

    /// <summary>Null where it was refused.</summary>
    public static KeeperLink? Start(KeeperRequest request, out NamespaceChildResult.Refused? refused)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (lifeRead, lifeWrite) = Descriptors.Pipe();
        var (wordRead, wordWrite) = Descriptors.Pipe();
        using (lifeRead)
        using (wordWrite)
        {
            var result = NamespaceChild.Start(new NamespaceChildRequest(request.Self[0], [.. request.Self[1..], .. request.Arguments])
            {
                Environment = Surroundings.Environment(request.Root, null, null),
                User = request.User,
                Ids = request.User is null && !Environment.IsPrivilegedProcess ? IdMap.OfThisUser() : null,
                OwnSession = true,
                Input = lifeRead,
                Output = wordWrite,
            });
            refused = result as NamespaceChildResult.Refused;
            if (result is NamespaceChildResult.Started started)
            {
                return new KeeperLink(started.Process, lifeWrite, wordRead);
            }
        }

        lifeWrite.Dispose();
        wordRead.Dispose();
        return null;
    }

    /// <summary>Waits until it is ready; the namespace's name, null where it could not be made, which the keeper has said why.</summary>
    public string? AwaitReady() => PipeLine.Read(_word);

    /// <summary>Tells it that we are done, and waits for its end.</summary>
    /// <returns>Its exit status.</returns>
    public int End()
    {
        _life.Dispose();
        return Command.WaitFor(Process, EndLimit).ExitStatus;
    }

    public void Dispose()
    {
        _life.Dispose();
        _word.Dispose();
    }
}

/// <summary>Starts this program in the user and mount namespaces of a keeper, with our standard streams.</summary>
public static class KeptEntry
{
    /// <param name="endsWithUs">Whether it is killed when we are.</param>
    /// <param name="output">What it has as standard output; null is ours.</param>
    /// <exception cref="OperationFailedException">The keeper has ended, or the kernel refuses.</exception>
    public static ProcessIdentity Start(
        ImmutableArray<string> self, IEnumerable<string> arguments, string root, ProcessIdentity keeper, bool endsWithUs, OwnedFd? output = null)
    {
        using var user = Environment.IsPrivilegedProcess ? null : Open(keeper, "user");
        using var mounts = Open(keeper, "mnt");
        var result = NamespaceChild.Start(new NamespaceChildRequest(self[0], [.. self[1..], .. arguments])
        {
            Environment = Surroundings.Environment(root, keeper, endsWithUs ? Environment.ProcessId : null),
            User = user,
            Mounts = mounts,
            Output = output,
        });
        return result switch
        {
            NamespaceChildResult.Started started => started.Process,
            NamespaceChildResult.Refused refused => throw new OperationFailedException($"{refused.Words}: {refused.Errno}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static OwnedFd Open(ProcessIdentity keeper, string kind) =>
        NamespaceFile.TryOpen(keeper, kind)
        ?? throw new OperationFailedException($"the process that holds the namespace ({keeper.Pid}) has ended");
}
