using System.CommandLine;

namespace Wgns.Cli.Commands;

/// <summary>What several verbs take alike: how a command is started inside, and options that mean something with another alone.</summary>
internal static class CommandOptions
{
    /// <summary>Given without the other it would be passed over in silence, and whoever gave it be wrong about what comes.</summary>
    internal static void Needs(this Command command, Option option, Option other) => command.Validators.Add(result =>
    {
        if (result.GetResult(option) is { Implicit: false, Tokens.Count: > 0 } && result.GetResult(other) is not { Implicit: false })
        {
            result.AddError($"{option.Name} takes {other.Name} besides");
        }
    });

    internal static Option<string?> User() => new("--user", "-u")
    {
        Description = "run as this user (name or number, with :GROUP if not the user's own)",
        HelpName = "USER",
    };

    internal static Option<string?> Workdir() => new("--workdir", "-C")
    {
        Description = "start in this directory, as it is inside (default: where you are)",
        HelpName = "DIRECTORY",
    };

    internal static Option<bool> Isolate() => new("--isolate")
    {
        Description = "hide your session: its bus, the sockets of X and Wayland, and variables that lead to programs outside",
    };

    internal static Option<bool> AllowSockets() => new("--allow-sockets")
    {
        Description = "let standard input, output and error be network sockets of outside",
    };
}
