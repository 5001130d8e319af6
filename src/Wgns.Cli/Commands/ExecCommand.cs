using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Confinement;
using Wgns.Lifecycle;
using Wgns.Linux.Processes;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns exec NAME [--user USER] -- CMD…`</summary>
internal static class ExecCommand
{
    internal static Command Build()
    {
        var name = Shared.NoOption(new Argument<string>("NAME") { Description = "the namespace" });
        Shared.CompleteNames(name);
        var user = new Option<string?>("--user", "-u") { Description = "run as this user (name or number, with :GROUP if not the user's own)" };
        var words = new Argument<string[]>("COMMAND") { Description = "the command and its arguments, after --", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Become a command inside the namespace") { name, user, words };
        command.SetAction(result => Shared.IsRoot("exec")
            ? Run(result.GetValue(name)!, result.GetValue(user), result.GetValue(words)!)
            : ExitStatus.Failed);
        return command;
    }

    /// <summary>Returns only where it did not become the command.</summary>
    private static int Run(string name, string? user, string[] words)
    {
        // Before anything can touch it: the command is to find the terminal as we did.
        var terminal = InheritedTerminal.Capture();
        UserAccount? account = null;
        if (user is not null)
        {
            account = UserAccount.TryFind(user, out var problem);
            if (account is null)
            {
                Terminal.Fail(problem);
                return ExitStatus.Usage;
            }
        }

        var paths = RuntimePaths.System;
        using var netns = NamespaceEntry.Open(name, paths, out var reason, out var hint);
        if (netns is null)
        {
            Terminal.Fail(reason, hint);
            return ExitStatus.Failed;
        }

        var view = new ConfinedView(name, paths);
        var failure = Become.Run(new BecomeRequest(netns.Fd, name, [.. words])
        {
            Mounts = CommandMounts.Of(view, EtcListing.Of(view)),
            User = account,
            Terminal = terminal,
            NetnsDirectory = paths.Netns,
            Environment = [.. Variables(), $"WGNS_NAMESPACE={name}"],
        });
        Terminal.Fail($"{failure.Step}: {failure.Errno}");
        return failure.ExitStatus;
    }

    private static IEnumerable<string> Variables() =>
        from System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()
        where (string)variable.Key != "WGNS_NAMESPACE"
        select $"{variable.Key}={variable.Value}";
}
