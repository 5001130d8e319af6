using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Planning;

namespace Wgns.Cli.Commands;

/// <summary>`wgns plan CONFIG`</summary>
internal static class PlanCommand
{
    internal static Command Build()
    {
        var config = Shared.Config();
        var adopt = Shared.Adopt();
        var command = new Command("plan", "Print what up would do, as a shell script of ip, wg and nft") { config, adopt };
        command.SetAction(result =>
        {
            if (!Shared.IsRoot("plan"))
            {
                return ExitStatus.Failed;
            }

            using var loaded = Shared.Load(ConfigLocator.PathOf(result.GetValue(config)!));
            if (loaded is null)
            {
                return ExitStatus.Usage;
            }

            using var host = Shared.Host();
            var report = new NamespaceRun(host).Plan(loaded.Config!, loaded.Keys!, result.GetValue(adopt));
            if (report.Plan is null)
            {
                return RunText.Write(report);
            }

            DiagnosticText.Write(report.Diagnostics);
            Terminal.Out.Write(ShellRenderer.Render(report.Plan));
            return ExitStatus.Done;
        });
        return command;
    }
}
