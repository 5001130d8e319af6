using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Wgns.Cli.Output;
using Wgns.Confinement;
using Wgns.Lifecycle;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Rootless;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns exec NAME [--user USER] -- CMD…`</summary>
internal static class ExecCommand
{
    /// <summary>Tells a command where it is, for a prompt.</summary>
    private const string NamespaceVariable = "WGNS_NAMESPACE";

    internal static Command Build()
    {
        var name = Shared.Name();
        var user = CommandOptions.User();
        var group = new Option<string?>("--group", "-g") { Description = "with this group (name or number) for the user's own; takes --user", HelpName = "GROUP" };
        var workdir = CommandOptions.Workdir();
        var isolate = CommandOptions.Isolate();
        var sockets = CommandOptions.AllowSockets();
        var words = CommandWords.Argument(ArgumentArity.OneOrMore);
        var command = new Command("exec", "Become a command inside the namespace")
        {
            name, user, group, workdir, isolate, sockets, words,
        };
        command.Needs(group, user);
        command.Validators.Add(result =>
        {
            if (result.GetResult(name) is { Tokens: [var given] } && result.GetResult(words) is not { Tokens.Count: > 0 })
            {
                var open = result.Children.OfType<OptionResult>().FirstOrDefault(o => o.Tokens.Count < o.Option.Arity.MinimumNumberOfValues);
                result.AddError(open is not null ? UsageErrors.NoValue(open.IdentifierToken?.Value) : $"there is no command: give one after the namespace and --, as in `wgns exec {given.Value} -- bash`");
            }
        });
        command.SetAction(result =>
        {
            var given = CommandWords.Of(result, words);
            return CommandWords.AreMistyped(result, given) ? ExitStatus.Usage
                : IsHandedWayOut(result.GetValue(sockets)) || StandsNowhere(result.GetValue(workdir)) ? ExitStatus.Failed
                : Rootless.Enter(result.GetValue(name)!, endsWithUs: true)
                    ?? Run(
                        result.GetValue(name)!,
                        new ExecOptions(result.GetValue(user), result.GetValue(group), result.GetValue(workdir), result.GetValue(isolate)),
                        OwnWords.Exact(given));
        });
        return command;
    }

    /// <summary>True, with the reason said, where a standard stream would lead past the tunnel.</summary>
    internal static bool IsHandedWayOut(bool allowsSockets)
    {
        if (Descriptors.PlacesOnStandard() is { IsEmpty: false } places)
        {
            Terminal.Fail($"descriptor {string.Join(", ", places)} is a directory of outside, from which the command would find what is hidden inside", "redirect it");
            return true;
        }

        if (allowsSockets || Descriptors.NetworkSocketsOnStandard() is not { IsEmpty: false } handed)
        {
            return false;
        }

        Terminal.Fail(
            $"descriptor {string.Join(", ", handed)} is a network socket or a TUN of outside, by which the command would go past the tunnel",
            "redirect it, or --allow-sockets where that is what you want");
        return true;
    }

    /// <summary>True, with the reason said, where the command could not start where we are, for that has no name.</summary>
    internal static bool StandsNowhere(string? workdir)
    {
        if (workdir?.StartsWith('/') == true || WorkingPlace.Name() is not null)
        {
            return false;
        }

        Terminal.Fail("the command cannot stay in a directory without a name, as one that was removed", "change to another, or --workdir DIRECTORY");
        return true;
    }

    /// <summary>Returns only where it did not become the command.</summary>
    private static int Run(string name, ExecOptions options, ImmutableArray<string> words)
    {
        // Before anything can touch it: the command is to find the terminal as we did.
        var terminal = InheritedTerminal.Capture();
        if (!TryFindAccount(options, out var account))
        {
            return ExitStatus.Usage;
        }

        var paths = Shared.Runtime;
        using var netns = NamespaceEntry.OpenByNumber(name, paths, out var cookie, out var reason, out var hint);
        if (netns is null)
        {
            Terminal.Fail(reason, hint);
            return ExitStatus.Failed;
        }

        var view = new ConfinedView(name, paths) { Isolates = options.Isolate };
        var failure = Become.Run(new BecomeRequest(netns.Fd, name, words)
        {
            IsRight = cookie is null ? null : () => NetnsCookie.Agree(cookie, NetnsCookie.OfThisThread()),
            Mounts = CommandMounts.Of(view, EtcListing.Of(view)),
            User = account,
            WorkingDirectory = options.WorkingDirectory,
            Terminal = terminal,
            NetnsDirectory = paths.Netns,
            GivesUpCapabilities = !Environment.IsPrivilegedProcess,
            EndsWith = Surroundings.OwnParent,
            Environment = Variables(name, options.Isolate),
        });
        if (failure == BecomeFailure.OtherNetns)
        {
            (reason, hint) = NamespaceEntry.SomebodyElses(name);
            Terminal.Fail(reason, hint);
        }
        else
        {
            Terminal.Fail($"{failure.Step}: {failure.Errno}");
        }

        return failure.ExitStatus;
    }

    private static bool TryFindAccount(ExecOptions options, out UserAccount? account)
    {
        account = null;
        if (options.User is not { } user)
        {
            return true;
        }

        if (options.Group is not null && user.Contains(':', StringComparison.Ordinal))
        {
            Terminal.Fail("the group is given twice", "--user USER --group GROUP");
            return false;
        }

        account = UserAccount.TryFind(options.Group is { } group ? $"{user}:{group}" : user, out var problem);
        if (account is null)
        {
            Terminal.Fail(problem);
            return false;
        }

        if (Environment.IsPrivilegedProcess || Surroundings.OwnRoot is null)
        {
            return true;
        }

        account = account with { Groups = [.. account.Groups.Where(UserMap.HasGroup)] };
        if (!UserMap.HasUser(account.Uid) || !account.Groups.Contains(account.Gid))
        {
            Terminal.Fail(
                $"{user} is not among those that you may be without root",
                "newuidmap(1) and lines for you in /etc/subuid and /etc/subgid (subuid(5)) give you root and others, inside alone");
            return false;
        }

        return true;
    }

    private static List<string> Variables(string name, bool isolate) =>
    [
        .. Spawn.CurrentEnvironment(v => v == NamespaceVariable || Surroundings.IsOne(v) || (isolate && SessionVariables.All.Contains(v))),
        $"{NamespaceVariable}={name}",
    ];
}

/// <summary>What `exec` was told besides the namespace and the command.</summary>
internal sealed record ExecOptions(string? User, string? Group, string? WorkingDirectory, bool Isolate);
