using System.CommandLine;

namespace Wgns.Cli.Commands;

/// <summary>How a command is started inside: what `exec` and `run` take alike.</summary>
internal static class CommandOptions
{
    internal static Option<string?> User() => new("--user", "-u")
    {
        Description = "run as this user (name or number, with :GROUP if not the user's own)",
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
