using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Verification;

namespace Wgns.Cli.Commands;

/// <summary>`wgns verify NAME [--json]`</summary>
internal static class VerifyCommand
{
    /// <summary>What this program is told when it is to look around inside.</summary>
    internal const string HiddenVerb = "__look-inside";

    private const int Version = 1;

    internal static Command Build()
    {
        var name = Shared.Name();
        var json = Shared.Json();
        var command = new Command("verify", "Look for every known way out of a namespace") { name, json };
        command.SetAction(result =>
            Rootless.Enter(result.GetValue(name)!, endsWithUs: false) ?? Run(result.GetValue(name)!, result.GetValue(json)));
        return command;
    }

    internal static int RunInside()
    {
        Terminal.Out.WriteLine(JsonText.Of(InsideLook.Take(), VerifyJson.Default.InsideView));
        return ExitStatus.Done;
    }

    private static int Run(string name, bool json)
    {
        if (!Shared.IsName(name))
        {
            return ExitStatus.Usage;
        }

        using var host = Shared.Host();
        if (!host.Store.Has(name))
        {
            return Shared.FailNotUp(name);
        }

        var findings = Checks.Of(new Gathering(host, OwnProgram.Path, HiddenVerb).Of(name));
        var isFine = findings.All(f => f.Outcome != Outcome.Failed);
        if (json)
        {
            Terminal.Out.WriteLine(JsonText.Of(new VerifyDocument(Version, name, isFine, findings), VerifyJson.Default.VerifyDocument));
        }
        else
        {
            VerifyText.Write(name, findings);
        }

        return isFine ? ExitStatus.Done : ExitStatus.Failed;
    }
}
