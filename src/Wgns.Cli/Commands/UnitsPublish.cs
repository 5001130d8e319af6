using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.CompilerServices;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>`wgns units publish CONFIG`</summary>
internal static class UnitsPublish
{
    internal static Command Build()
    {
        var config = Shared.Config();
        var install = UnitsCommand.Install();
        var command = new Command("publish", "Print the sockets and proxies of a configuration's [[publish]]") { config, install };
        command.SetAction(result => Run(result.GetValue(config)!, result.GetValue(install)));
        return command;
    }

    private static int Run(string argument, bool installs)
    {
        if (installs && !Shared.IsRoot("units publish --install"))
        {
            return ExitStatus.Failed;
        }

        using var loaded = Shared.Load(ConfigLocator.PathOf(argument), withSecrets: false);
        if (loaded is null)
        {
            return ExitStatus.Usage;
        }

        var config = loaded.Config!;
        var files = PublishUnits.Of(config, RuntimePaths.System, OwnProgram.Path, RuntimeFeature.IsDynamicCodeCompiled);
        if (files.IsEmpty)
        {
            Terminal.Out.WriteLine(config.Publish.IsEmpty
                ? $"{config.Name} publishes nothing: there is no [[publish]] in {config.Source}"
                : $"{config.Name} has no socket to listen on: what comes by the tunnel comes to the service itself");
        }

        return installs ? UnitsCommand.Alone(() => Install(config.Name, files))
            : UnitsText.Print(files);
    }

    private static int Install(string name, ImmutableArray<UnitFile> files)
    {
        // First: one that is taken out may listen where a new one is to.
        var old = new UnitFiles().List(name).Where(f => PublishUnits.IsOne(f) && !files.Any(n => n.Path == f.Path)).ToList();
        var status = UnitsRemoval.Run(old, isDry: false, isQuiet: true);
        return status != ExitStatus.Done || files.IsEmpty ? status : UnitsInstall.Run(files, null, changed: old.Count > 0);
    }
}
