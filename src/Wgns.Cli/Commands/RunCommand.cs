using System.Collections.Immutable;
using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Rootless;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns run CONFIG -- CMD…`</summary>
internal static class RunCommand
{
    internal static Command Build()
    {
        var config = Shared.Config();
        var keep = new Option<string?>("--keep")
        {
            Description = "leave the namespace, under this name, to be entered by `wgns exec` and ended by `wgns down`; no root",
            HelpName = "NAME",
        };
        var user = CommandOptions.User();
        var workdir = CommandOptions.Workdir();
        var isolate = CommandOptions.Isolate();
        var sockets = CommandOptions.AllowSockets();
        var words = CommandWords.Argument(ArgumentArity.ZeroOrMore);
        var command = new Command("run", "Run a command in a namespace of its own, which goes with it; needs no root")
        {
            config, keep, user, workdir, isolate, sockets, words,
        };
        command.SetAction(result =>
        {
            var given = CommandWords.Of(result, words);
            if (CommandWords.AreMistyped(result, given))
            {
                return ExitStatus.Usage;
            }

            var handed = new List<string>();
            Hand(handed, "--user", result.GetValue(user));
            Hand(handed, "--workdir", result.GetValue(workdir));
            handed.AddRange(result.GetValue(isolate) ? ["--isolate"] : []);
            handed.AddRange(result.GetValue(sockets) ? ["--allow-sockets"] : []);
            var path = ConfigLocator.PathOf(result.GetValue(config)!);
            return Run(path, result.GetValue(keep), handed, OwnWords.Exact(given), result.GetValue(sockets), result.GetValue(workdir));
        });
        return command;
    }

    private static int Run(string path, string? keep, List<string> options, ImmutableArray<string> words, bool allowsSockets, string? workdir)
    {
        if (words.Length == 0 && keep is null)
        {
            Terminal.Fail("there is no command", "`wgns run CONFIG -- COMMAND …`");
            return ExitStatus.Usage;
        }

        if (keep is not null && MayNotKeep(keep) is { } refused)
        {
            return refused;
        }

        if (ExecCommand.IsHandedWayOut(allowsSockets) || (words.Length > 0 && ExecCommand.StandsNowhere(workdir)) || !Rootless.HasTun())
        {
            return ExitStatus.Failed;
        }

        var root = keep is null ? UserDirectory.CreateForThisRun() : UserDirectory.Create();
        var mode = keep is null ? nameof(KeepingMode.Run) : nameof(KeepingMode.Keep);
        using var keeper = Rootless.StartKeeper(
            new KeeperRequest(OwnProgram.Words(), [KeeperCommand.HiddenVerb, mode, keep ?? KeeperCommand.OwnName, path, "-"], root), out var child);
        if (keeper is null)
        {
            return Rootless.Fail(child!);
        }

        if (keeper.AwaitReady() is not { } name)
        {
            var failed = keeper.End();
            UserDirectory.Remove(root);
            return Rootless.NotReady(failed);
        }

        if (words.Length == 0)
        {
            Terminal.Out.WriteLine($"{name} is up; `wgns exec {name} -- COMMAND …` enters it, `wgns down {name}` ends it");
            return ExitStatus.Done;
        }

        WaitStatus end;
        try
        {
            end = Stand(options, name, words, root, keeper);
        }
        finally
        {
            // Also where the command could not be started.
            if (keep is null)
            {
                keeper.End();
                UserDirectory.Remove(root);
            }
        }

        return end.EndAlike();
    }

    internal static int FailUpAlready(string name)
    {
        Terminal.Fail($"{name} is up already", $"`wgns exec {name} -- COMMAND …` enters it, `wgns down {name}` ends it");
        return ExitStatus.Failed;
    }

    private static WaitStatus Stand(IEnumerable<string> options, string name, ImmutableArray<string> words, string root, KeeperLink keeper)
    {
        using var foreground = new Foreground();
        var command = KeptEntry.Start(OwnProgram.Words(), ["exec", .. options, name, "--", .. words], root, keeper.Process, endsWithUs: true);
        return foreground.Wait(command, keeper.Process);
    }

    /// <summary>The exit status, with the reason said; null where it may be kept under that name.</summary>
    private static int? MayNotKeep(string name)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Terminal.Fail("--keep is for who is not root", "as root: `wgns up CONFIG`, `wgns exec NAME -- COMMAND …`, `wgns down NAME`");
            return ExitStatus.Usage;
        }

        if (!Shared.IsName(name))
        {
            return ExitStatus.Usage;
        }

        return Kept.KeeperOf(UserDirectory.Own(), name) is null ? null : FailUpAlready(name);
    }

    private static void Hand(List<string> options, string name, string? value) => options.AddRange(value is null ? [] : [name, value]);
}
