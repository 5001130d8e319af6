using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Confinement;
using Wgns.Lifecycle;
using Wgns.Linux.Processes;
using Wgns.Rootless;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns exec NAME [--user USER] -- CMD…`</summary>
internal static class ExecCommand
{
    /// <summary>What leads to the session's bus, display and agents.</summary>
    private static readonly string[] OfTheSession =
        ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK", "SESSION_MANAGER"];

    internal static Command Build()
    {
        var name = Shared.Name();
        var user = new Option<string?>("--user", "-u") { Description = "run as this user (name or number, with :GROUP if not the user's own)" };
        var group = new Option<string?>("--group", "-g") { Description = "with this group (name or number) for the user's own; takes --user" };
        var workdir = new Option<string?>("--workdir", "-C") { Description = "start in this directory, as it is inside (default: where you are)", HelpName = "DIRECTORY" };
        var isolate = new Option<bool>("--isolate") { Description = "hide your session: its bus, and the sockets of X and Wayland, which lead to programs outside" };
        var sockets = new Option<bool>("--allow-sockets") { Description = "let standard input, output and error be network sockets of outside" };
        var words = new Argument<string[]>("COMMAND") { Description = "the command and its arguments, after --", Arity = ArgumentArity.OneOrMore };
        var command = new Command("exec", "Become a command inside the namespace")
        {
            name, user, group, workdir, isolate, sockets, words,
        };
        command.SetAction(result =>
            !result.GetValue(sockets) && HasSockets() ? ExitStatus.Failed
            : Rootless.Enter(result.GetValue(name)!, endsWithUs: true)
                ?? Run(
                    result.GetValue(name)!,
                    new ExecOptions(result.GetValue(user), result.GetValue(group), result.GetValue(workdir), result.GetValue(isolate)),
                    result.GetValue(words)!));
        return command;
    }

    /// <summary>True, with the reason said, where a standard stream would lead past the tunnel.</summary>
    internal static bool HasSockets()
    {
        if (Descriptors.NetworkSocketsOnStandard() is not { IsEmpty: false } handed)
        {
            return false;
        }

        Terminal.Fail(
            $"descriptor {string.Join(", ", handed)} is a network socket of outside, by which the command would go past the tunnel",
            "redirect it, or --allow-sockets where that is what you want");
        return true;
    }

    /// <summary>Returns only where it did not become the command.</summary>
    private static int Run(string name, ExecOptions options, string[] words)
    {
        // Before anything can touch it: the command is to find the terminal as we did.
        var terminal = InheritedTerminal.Capture();
        if (!TryFindAccount(options, out var account))
        {
            return ExitStatus.Usage;
        }

        var paths = Shared.Runtime;
        using var netns = NamespaceEntry.Open(name, paths, out var reason, out var hint);
        if (netns is null)
        {
            Terminal.Fail(reason, hint);
            return ExitStatus.Failed;
        }

        var view = new ConfinedView(name, paths) { Isolates = options.Isolate };
        var failure = Become.Run(new BecomeRequest(netns.Fd, name, [.. words])
        {
            Mounts = CommandMounts.Of(view, EtcListing.Of(view)),
            User = account,
            WorkingDirectory = options.WorkingDirectory,
            Terminal = terminal,
            NetnsDirectory = paths.Netns,
            GivesUpCapabilities = !Environment.IsPrivilegedProcess,
            EndsWith = Surroundings.OwnParent,
            Environment = [.. Variables(options.Isolate), $"WGNS_NAMESPACE={name}"],
        });
        Terminal.Fail($"{failure.Step}: {failure.Errno}");
        return failure.ExitStatus;
    }

    private static bool TryFindAccount(ExecOptions options, out UserAccount? account)
    {
        account = null;
        if (options is { User: null, Group: null })
        {
            return true;
        }

        if (options.User is not { } user || (options.Group is not null && user.Contains(':', StringComparison.Ordinal)))
        {
            Terminal.Fail(options.User is null ? "--group takes --user besides" : "the group is given twice", "--user USER --group GROUP");
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

        account = account with { Groups = [.. account.Groups.Where(g => UserMap.Has(g, "/proc/self/gid_map"))] };
        if (!UserMap.Has(account.Uid) || !account.Groups.Contains(account.Gid))
        {
            Terminal.Fail(
                $"{user} is not among those that you may be without root",
                "newuidmap(1) and lines for you in /etc/subuid and /etc/subgid (subuid(5)) give you root and others, inside alone");
            return false;
        }

        return true;
    }

    private static IEnumerable<string> Variables(bool isolate) =>
        from System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables()
        where (string)variable.Key != "WGNS_NAMESPACE" && !Surroundings.IsOne((string)variable.Key) && !(isolate && OfTheSession.Contains((string)variable.Key))
        select $"{variable.Key}={variable.Value}";
}

/// <summary>What `exec` was told besides the namespace and the command.</summary>
internal sealed record ExecOptions(string? User, string? Group, string? WorkingDirectory, bool Isolate);
