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
        var keep = new Option<string?>("--keep") { Description = "leave the namespace, under this name, to be entered by `wgns exec` and ended by `wgns down`; no root", HelpName = "NAME" };
        var user = new Option<string?>("--user", "-u") { Description = "run as this user (name or number, with :GROUP if not the user's own)" };
        var workdir = new Option<string?>("--workdir", "-C") { Description = "start in this directory, as it is inside (default: where you are)", HelpName = "DIRECTORY" };
        var isolate = new Option<bool>("--isolate") { Description = "hide your session: its bus, and the sockets of X and Wayland, which lead to programs outside" };
        var sockets = new Option<bool>("--allow-sockets") { Description = "let standard input, output and error be network sockets of outside" };
        var words = new Argument<string[]>("COMMAND") { Description = "the command and its arguments, after --", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("run", "Run a command in a namespace of its own, which goes with it; needs no root")
        {
            config, keep, user, workdir, isolate, sockets, words,
        };
        command.SetAction(result =>
        {
            var handed = new List<string>();
            Hand(handed, "--user", result.GetValue(user));
            Hand(handed, "--workdir", result.GetValue(workdir));
            handed.AddRange(result.GetValue(isolate) ? ["--isolate"] : []);
            handed.AddRange(result.GetValue(sockets) ? ["--allow-sockets"] : []);
            return Run(ConfigLocator.PathOf(result.GetValue(config)!), result.GetValue(keep), handed, result.GetValue(words) ?? [], result.GetValue(sockets));
        });
        return command;
    }

    private static int Run(string path, string? keep, List<string> options, string[] words, bool allowsSockets)
    {
        if (words.Length == 0 && keep is null)
        {
            Terminal.Fail("there is no command", "`wgns run CONFIG -- COMMAND …`");
            return ExitStatus.Usage;
        }

        if (keep is not null && !MayKeep(keep))
        {
            return ExitStatus.Usage;
        }

        if ((!allowsSockets && ExecCommand.HasSockets()) || !Rootless.HasTun())
        {
            return ExitStatus.Failed;
        }

        var root = keep is null ? UserDirectory.CreateForThisRun() : UserDirectory.Create();
        using var keeper = KeeperLink.Start(
            new KeeperRequest(OwnProgram.Words(), [KeeperCommand.HiddenVerb, keep is null ? nameof(KeepingMode.Run) : nameof(KeepingMode.Keep), keep ?? KeeperCommand.OwnName, path, "-"], root), out var refused);
        if (keeper is null)
        {
            UserDirectory.Remove(root);
            return Rootless.Fail(refused!);
        }

        if (keeper.AwaitReady() is not { } name)
        {
            var failed = keeper.End();
            UserDirectory.Remove(root);
            return failed == ExitStatus.Done ? ExitStatus.Failed : failed;
        }

        if (words.Length == 0)
        {
            Terminal.Out.WriteLine($"{name} is up; `wgns exec {name} -- COMMAND …` enters it, `wgns down {name}` ends it");
            return ExitStatus.Done;
        }

        using var foreground = new Foreground();
        var command = KeptEntry.Start(OwnProgram.Words(), ["exec", .. options, name, "--", .. words], root, keeper.Process, endsWithUs: true);
        var status = foreground.Wait(command, keeper.Process);
        if (keep is null)
        {
            keeper.End();
            UserDirectory.Remove(root);
        }

        return status;
    }

    private static bool MayKeep(string name)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Terminal.Fail("--keep is for who is not root", "as root: `wgns up CONFIG`, `wgns exec NAME -- COMMAND …`, `wgns down NAME`");
            return false;
        }

        if (!Shared.IsName(name))
        {
            return false;
        }

        if (Kept.KeeperOf(UserDirectory.Path, name) is null)
        {
            return true;
        }

        Terminal.Fail($"{name} is up already", $"`wgns exec {name} -- COMMAND …` enters it, `wgns down {name}` ends it");
        return false;
    }

    private static void Hand(List<string> options, string name, string? value) => options.AddRange(value is null ? [] : [name, value]);
}
