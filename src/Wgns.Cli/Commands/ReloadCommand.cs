using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Rootless;

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
            var named = result.GetValue(config)!;
            var options = new UpCommand.UpOptions(false, false, TimeSpan.Zero, result.GetValue(verbose));
            return ConfigLocator.IsPath(named) ? Run(named, options)
                : Rootless.Enter(named, endsWithUs: false) ?? (Surroundings.OwnRoot is { } root ? RunKept(root, named, options) : Run(named, options));
        });
        return command;
    }

    private static int Run(string named, UpCommand.UpOptions options)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Terminal.Fail("`wgns reload CONFIG` needs root", "sudo wgns reload …; or `wgns reload NAME`, for one that you made by `wgns run --keep NAME`");
            return ExitStatus.Failed;
        }

        using var loaded = Shared.Load(ConfigLocator.PathOf(named));
        if (loaded is null)
        {
            return ExitStatus.Usage;
        }

        using var host = Shared.Host();
        if (host.Store.Load(loaded.Config!.Name) is null)
        {
            Terminal.Fail($"{loaded.Config.Name} is not up", $"`wgns up {named}` brings it up");
            return ExitStatus.Failed;
        }

        return Run(loaded, options);
    }

    /// <summary>One that a user keeps, in its keeper's namespaces: from the file that it was made of, under the name it was given.</summary>
    private static int RunKept(string root, string name, UpCommand.UpOptions options)
    {
        using var host = Shared.Host();
        if (host.Store.Load(name) is not { } record)
        {
            return Shared.FailNotUp(name);
        }

        Keeping.LeaveOtherEngines();
        using var loaded = new Keeping(KeepingMode.Keep, root, name).Adapt(Shared.Loader().Load(record.Config));
        DiagnosticText.Write(loaded.Diagnostics);
        if (!loaded.HasErrors)
        {
            return Run(loaded, options);
        }

        Terminal.Error.WriteLine(DiagnosticText.Count(loaded.Diagnostics));
        return ExitStatus.Usage;
    }

    private static int Run(LoadedConfig loaded, UpCommand.UpOptions options)
    {
        if (Configuration.CredentialDirectory.NoteFor(loaded.Config!) is { } note)
        {
            Terminal.Error.WriteLine($"wgns: {note}");
        }

        // As ExecReload= of a unit that runs: with some versions of systemd what it sees are not the credentials of the start, and the
        // supervisor, which reads the file after this, has those.
        var isOfUnit = Environment.GetEnvironmentVariable("MAINPID") is { Length: > 0 };
        NativeLibraries.Preload();
        return UpCommand.Run(loaded, options with { KeepsCredentials = isOfUnit });
    }
}
