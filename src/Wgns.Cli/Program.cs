using System.CommandLine;
using Wgns;
using Wgns.Cli;
using Wgns.Cli.Commands;
using Wgns.Cli.Output;
using Wgns.Engine;
using Wgns.Linux;

try
{
    return DemoCommand.RunInside(args) ?? args switch
    {
        // The rules' dry run needs a network namespace of its own, which without root takes a process of its own.
        [CheckRulesCommand.HiddenVerb] => CheckRulesCommand.RunInside(),
        [EngineProcess.EmbeddedVerb, var socket, var netns, var ifname] => EngineCommand.Run(socket, netns, ifname),
        [NscdFilterCommand.Verb] => NscdFilterCommand.Run(),
        [VerifyCommand.HiddenVerb] => VerifyCommand.RunInside(),
        [KeeperCommand.HiddenVerb, var mode, var name, var config, var target] => KeeperCommand.Run(mode, name, config, target),
        ["--version"] => VersionText.Write(),
        [['[', 's', 'u', 'g', 'g', 'e', 's', 't', ':', .. var point, ']'], var line] => CompletionCommand.Suggest(point, line),
        _ => Run(args),
    };
}
catch (Exception e) when (ExpectedFailure.Is(e))
{
    Terminal.Fail(e.Message);
    return ExitStatus.Failed;
}

static int Run(string[] args)
{
    var parsed = Verbs.Parse(args);
    if (parsed.Errors.Count == 0)
    {
        // Console.Out would take over the terminal and start a thread for its signals; ours is a plain stream.
        return parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = Terminal.Out,
            Error = Terminal.Error,
        });
    }

    if (parsed.CommandResult.Parent is null && args.Length > 0)
    {
        var meant = Verbs.Nearest(args[0]);
        Terminal.Fail($"there is no {(args[0].StartsWith('-') ? "option" : "command")} \"{args[0]}\"", meant is null ? null : $"did you mean `wgns {meant}`?");
    }
    else
    {
        foreach (var (message, hint) in UsageErrors.Of(parsed))
        {
            Terminal.Fail(message, hint);
        }
    }

    UsageErrors.PointToHelp(parsed);
    return ExitStatus.Usage;
}
