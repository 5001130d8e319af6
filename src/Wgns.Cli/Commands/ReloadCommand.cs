using System.CommandLine;
using Wgns.Cli.Output;

namespace Wgns.Cli.Commands;

/// <summary>`wgns reload CONFIG`: up, for what is up already.</summary>
internal static class ReloadCommand
{
    internal static Command Build()
    {
        var config = Shared.Config();
        var verbose = Shared.Verbose();
        var command = new Command("reload", "Change a running namespace to what its configuration says now, without dropping a session") { config, verbose };
        command.SetAction(result =>
        {
            if (!Shared.IsRoot("reload"))
            {
                return ExitStatus.Failed;
            }

            var path = Lifecycle.ConfigLocator.PathOf(result.GetValue(config)!);
            using var loaded = Shared.Load(path);
            if (loaded is null)
            {
                return ExitStatus.Usage;
            }

            using var host = Shared.Host();
            if (host.Store.Load(loaded.Config!.Name) is null)
            {
                Terminal.Fail($"{loaded.Config.Name} is not up", $"wgns up {result.GetValue(config)}");
                return ExitStatus.Failed;
            }

            if (Configuration.CredentialDirectory.NoteFor(loaded.Config) is { } note)
            {
                Terminal.Error.WriteLine($"wgns: {note}");
            }

            return UpCommand.Run(path, new UpCommand.UpOptions(false, false, TimeSpan.Zero, result.GetValue(verbose)));
        });
        return command;
    }
}
