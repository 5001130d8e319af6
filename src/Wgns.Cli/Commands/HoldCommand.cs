using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux;

namespace Wgns.Cli.Commands;

/// <summary>`wgns hold CONFIG`: what the unit wgns-netns@.service runs.</summary>
internal static class HoldCommand
{
    /// <summary>Stands in the record where nobody said who holds it.</summary>
    internal const string Nobody = "wgns hold";

    internal static Command Build()
    {
        var config = Shared.Config();
        var holder = new Option<string?>("--by")
        {
            Description = "who keeps the namespace, such as a unit's name: `down` and `status` name it",
            HelpName = "WHO",
        };
        var verbose = Shared.Verbose();
        var command = new Command("hold", "Name and close the network namespace that this command is started in; `up` gives it its tunnel")
        {
            config, holder, verbose,
        };
        command.SetAction(result =>
        {
            if (!Shared.IsRoot("hold"))
            {
                return ExitStatus.Failed;
            }

            NativeLibraries.Preload();
            using var loaded = Shared.Load(ConfigLocator.PathOf(result.GetValue(config)!), withSecrets: false);
            if (loaded is null)
            {
                return ExitStatus.Usage;
            }

            using var host = Shared.Host();
            var observer = result.GetValue(verbose) ? new ProgressText() : null;
            var report = new NamespaceRun(host, observer).Hold(loaded.Config!, result.GetValue(holder) ?? Nobody);
            var status = RunText.Write(report);
            if (status == ExitStatus.Done)
            {
                Terminal.Out.WriteLine(!loaded.Config!.IsManaged
                    ? $"{report.Name} is somebody else's (managed = false): there is nothing to hold, its rules stand, and `wgns up {report.Name}` gives it its tunnel"
                    : report.Plan!.IsEmpty
                    ? $"{report.Name} is held already, nothing to do"
                    : $"{report.Name} is held, closed until `wgns up {report.Name}`");
            }

            return status;
        });
        return command;
    }
}
