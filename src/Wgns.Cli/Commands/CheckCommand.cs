using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Firewall;
using Wgns.Lifecycle;
using Wgns.Linux.WireGuard;

namespace Wgns.Cli.Commands;

/// <summary>`wgns check CONFIG`</summary>
internal static class CheckCommand
{
    internal static Command Build()
    {
        var config = Shared.Config();
        var noSecrets = new Option<bool>("--no-secrets") { Description = "leave key files out, to check on another machine or as another user" };
        var command = new Command("check", "Say everything that is wrong with a configuration, and touch nothing") { config, noSecrets };
        command.SetAction(result =>
        {
            var path = ConfigLocator.PathOf(result.GetValue(config)!);
            using var loaded = new ConfigLoader(RulesDryRun.Run) { PublicKeyOf = X25519.PublicKeyOf }.Load(path, withSecrets: !result.GetValue(noSecrets));
            DiagnosticText.Write(loaded.Diagnostics);
            if (loaded.HasErrors)
            {
                Terminal.Error.WriteLine(DiagnosticText.Count(loaded.Diagnostics));
                return ExitStatus.Usage;
            }

            var count = loaded.Diagnostics.IsEmpty ? string.Empty : $" ({DiagnosticText.Count(loaded.Diagnostics)})";
            Terminal.Out.WriteLine($"{Terminal.HarmlessLine(path)} is fine: namespace {loaded.Config!.Name}{count}");
            return ExitStatus.Done;
        });
        return command;
    }
}
