using Wgns.Cli.Output;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Linux.Tun;
using Wgns.Rootless;

namespace Wgns.Cli.Commands;

/// <summary>What verbs that need no root have in common.</summary>
internal static class Rootless
{
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
        var (problem, hint) = NamespaceAdvice.Of(refused, NamespaceLimits.OfThisMachine(), Environment.ProcessPath ?? "/usr/local/bin/wgns");
        Terminal.Fail(problem, hint);
        return ExitStatus.Failed;
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
                    : $"you have no namespace {name}, and those of the machine need root",
                $"`wgns run --keep {name} CONFIG` makes one of yours; `wgns list` shows those there are");
            return ExitStatus.Failed;
        }

        var words = OwnProgram.Words();
        using var foreground = new Foreground();
        return foreground.Wait(KeptEntry.Start(words, OwnWords.Exact([.. Environment.GetCommandLineArgs().Skip(1)]), root, keeper, endsWithUs), endsWithUs ? keeper : null)
            .EndAlike();
    }
}
