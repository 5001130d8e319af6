using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Lifecycle;

namespace Wgns.Cli.Commands;

/// <summary>`wgns release NAME`: the end of what `hold` made.</summary>
internal static class ReleaseCommand
{
    internal static Command Build()
    {
        var name = Shared.Name();
        var holder = new Option<string?>("--by") { Description = "leave it alone where it is not this one that holds it", HelpName = "WHO" };
        var verbose = Shared.Verbose();
        var command = new Command("release", "Take away a namespace that `wgns hold` named, with its tunnel") { name, holder, verbose };
        command.SetAction(result =>
        {
            if (!Shared.IsRoot("release"))
            {
                return ExitStatus.Failed;
            }

            var wanted = result.GetValue(name)!;
            if (!Shared.IsName(wanted))
            {
                return ExitStatus.Usage;
            }

            using var host = Shared.Host();
            var observer = result.GetValue(verbose) ? new ProgressText() : null;
            var report = new NamespaceRun(host, observer).Release(wanted, result.GetValue(holder));
            var status = RunText.Write(report);
            if (status != ExitStatus.Done && report.Result?.HasOnlyHooksFailed != true)
            {
                return status;
            }

            Terminal.Out.WriteLine(report.Plan!.Before switch
            {
                null => $"{wanted} is not held, nothing to do",
                { Shared: not null } => $"{wanted} is somebody else's (managed = false) and stays, without what wgns made in it",
                _ => $"{wanted} is released",
            });
            if (!report.Inside.IsEmpty)
            {
                Terminal.Out.WriteLine($"  still inside, without any network: {Words.Processes(report.Inside)}");
            }

            return status;
        });
        return command;
    }
}
