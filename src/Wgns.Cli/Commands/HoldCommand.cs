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
            if (status != ExitStatus.Done)
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
                Terminal.Out.WriteLine(
                    $"  still inside, without any network: {string.Join(", ", report.Inside.Select(p => $"{p.Comm} ({p.Pid})"))}");
            }

            return status;
        });
        return command;
    }
}
