using System.CommandLine;
using Wgns;
using Wgns.Cli;
using Wgns.Cli.Commands;
using Wgns.Cli.Output;
using Wgns.Linux;

// The rules' dry run needs a network namespace of its own, which without root takes a process of its own.
if (args is [CheckRulesCommand.HiddenVerb])
{
    return CheckRulesCommand.RunInside();
}

if (DemoCommand.RunInside(args) is { } inside)
{
    return inside;
}

var root = new RootCommand("Gives programs a network they cannot leak out of: a network namespace whose only way out is WireGuard.")
{
    UpCommand.Build(),
    DownCommand.Build(),
    ReloadCommand.Build(),
    PlanCommand.Build(),
    CheckCommand.Build(),
    StatusCommand.Build(),
    ListCommand.Build(),
    ExecCommand.Build(),
    GenkeyCommand.Build(),
    GenpskCommand.Build(),
    PubkeyCommand.Build(),
    DemoCommand.Build(),
    CompletionCommand.Build(),
};

try
{
    var parsed = root.Parse(args);
    if (parsed.Errors.Count > 0)
    {
        foreach (var error in parsed.Errors)
        {
            Terminal.Fail(error.Message);
        }

        Terminal.Error.WriteLine($"  `wgns {parsed.CommandResult.Command.Name} --help` says more".Replace("wgns wgns", "wgns", StringComparison.Ordinal));
        return ExitStatus.Usage;
    }

    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is KernelException or OperationFailedException or MissingLibraryException or IOException or UnauthorizedAccessException)
{
    Terminal.Fail(e.Message);
    return ExitStatus.Failed;
}
