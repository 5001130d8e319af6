using Wgns.Cli.Output;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.Tun;
using Wgns.Rootless;

namespace Wgns.Cli.Commands;

/// <summary>What verbs that need no root have in common.</summary>
internal static class Rootless
{
    /// <summary>-1, as the runtime's start has it.</summary>
    private const int RuntimeFailed = 255;

    /// <summary>False, with the reason said, where there can be no embedded engine.</summary>
    internal static bool HasTun()
    {
        if (Environment.IsPrivilegedProcess || NamespaceAdvice.OfTun(TunDevice.Probe()) is not { } advice)
        {
            return true;
        }

        Terminal.Fail(advice.Problem, advice.Hint);
        return false;
    }

    internal static int Fail(NamespaceChildResult.Refused refused)
    {
        var (problem, hint) = NamespaceAdvice.Of(refused, NamespaceLimits.OfThisMachine(), OwnProgram.Path);
        Terminal.Fail(problem, hint);
        return ExitStatus.Failed;
    }

    /// <summary>Null, with why, where it is refused: and then, as where it fails, its directory is gone again.</summary>
    /// <exception cref="KernelException">There may be no more processes, or descriptors.</exception>
    internal static KeeperLink? StartKeeper(KeeperRequest request, out NamespaceChildResult.Refused? refused)
    {
        KeeperLink? keeper = null;
        try
        {
            return keeper = KeeperLink.Start(request, out refused);
        }
        finally
        {
            if (keeper is null)
            {
                UserDirectory.Remove(request.Root);
            }
        }
    }

    /// <summary>The status to end with where a keeper has ended before it was ready.</summary>
    /// <param name="keeper">The keeper's, who has said why: but where the runtime could not start, which is before all code of ours.</param>
    internal static int NotReady(int keeper)
    {
        if (keeper == RuntimeFailed)
        {
            Terminal.Fail(
                "the process that is to hold the namespace could not start",
                "it is allowed too little memory or no more threads: `ulimit -v`, `ulimit -u`, the cgroup's pids.max");
            return ExitStatus.Failed;
        }

        return keeper == ExitStatus.Done ? ExitStatus.Failed : keeper;
    }

    /// <summary>
    /// For who is not root: does the same command line again in the namespaces of one of the user's own that is kept. Null for
    /// root, and where this is being done already.
    /// </summary>
    internal static int? Enter(string name, bool endsWithUs)
    {
        if (!Shared.IsPlainUser)
        {
            return null;
        }

        var root = UserDirectory.Own();
        if (Kept.KeeperOf(root, name) is not { } keeper)
        {
            Terminal.Fail(
                File.Exists(RuntimePaths.Below(root).StateFile(name))
                    ? $"{name} is down: the process that held it has ended"
                    : $"you have no namespace {name}, and the machine's take root",
                $"`wgns run --keep {name} CONFIG` makes one of yours; `wgns list` shows those there are");
            return ExitStatus.Failed;
        }

        var words = OwnProgram.Words();
        using var foreground = new Foreground();
        return foreground.Wait(KeptEntry.Start(words, OwnWords.Exact([.. Environment.GetCommandLineArgs().Skip(1)]), root, keeper, endsWithUs), endsWithUs ? keeper : null)
            .EndAlike();
    }
}
