using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Wgns.Cli.Output;
using Wgns.Lifecycle;
using Wgns.Linux;

namespace Wgns.Cli.Commands;

/// <summary>`wgns up [CONFIG]`</summary>
internal static class UpCommand
{
    private const int MostSeconds = 3600;

    internal static Command Build()
    {
        var config = Shared.OptionalConfig("CONFIG", "a path, or NAME for /etc/wgns/NAME.toml (default: ./wgns.toml, else every /etc/wgns/*.toml)");
        var adopt = Shared.Adopt();
        var wait = new Option<bool>("--wait") { Description = "return when every interface has seen a handshake" };
        var timeout = new Option<int>("--timeout")
        {
            Description = $"seconds that --wait waits (1-{MostSeconds})",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 30,
        };
        timeout.Validators.Add(result =>
        {
            // What is no number at all the parser says itself.
            if (result.Tokens is [var token]
                && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var seconds)
                && seconds is < 1 or > MostSeconds)
            {
                result.AddError($"--timeout is {token.Value}; it must be 1-{MostSeconds} seconds");
            }
        });
        var verbose = Shared.Verbose();
        var command = new Command("up", "Make the namespace, or what is missing of it") { config, adopt, wait, timeout, verbose };
        command.Needs(timeout, wait);
        command.SetAction(result =>
        {
            if (!Shared.IsRoot("up"))
            {
                return ExitStatus.Failed;
            }

            var options = new UpOptions(
                result.GetValue(adopt), result.GetValue(wait), TimeSpan.FromSeconds(result.GetValue(timeout)), result.GetValue(verbose));
            var paths = Shared.Paths(result.GetValue(config));

            // One alone is not looked into before: it may be a pipe, which can be read once.
            IReadOnlyList<int[]>? after = paths.Count > 1 ? Asked.Births(Asked.Of(paths)) : null;
            return paths.Count == 0
                ? ExitStatus.Failed
                : Many.Run([.. paths.Select(p => (Path.GetFileNameWithoutExtension(p), (Func<int>)(() => Run(p, options))))], "up", after);
        });
        return command;
    }

    internal sealed record UpOptions(bool Adopt, bool Wait, TimeSpan Timeout, bool Verbose, bool KeepsCredentials = false);

    internal static int Run(string path, UpOptions options)
    {
        // Before the libraries are loaded: signals take a thread, and starting one waits for the loader.
        using var run = new InterruptibleRun(options.Verbose ? new ProgressText() : null);
        NativeLibraries.Preload();
        using var loaded = Shared.Load(path);
        return loaded is null ? ExitStatus.Usage : Run(loaded, options, run);
    }

    /// <param name="loaded">A configuration without errors, with its keys.</param>
    internal static int Run(LoadedConfig loaded, UpOptions options)
    {
        using var run = new InterruptibleRun(options.Verbose ? new ProgressText() : null);
        return Run(loaded, options, run);
    }

    private static int Run(LoadedConfig loaded, UpOptions options, InterruptibleRun run)
    {
        using var host = Shared.Host();
        var clock = Stopwatch.StartNew();
        var report = new NamespaceRun(host, run) { KeepsCredentials = options.KeepsCredentials }.Up(loaded.Config!, loaded.Keys!, options.Adopt, run.Stop);
        var status = RunText.Write(report);
        if (status != ExitStatus.Done)
        {
            return status;
        }

        Terminal.Out.WriteLine(report.Plan!.IsEmpty
            ? $"{report.Name} is up already, nothing to do"
            : $"{report.Name} is up ({Words.Count(report.Plan.Steps.Length, "operation")}, {clock.ElapsedMilliseconds} ms)");
        return options.Wait ? Wait(host, report.Name, options.Timeout, run.Stop) : status;
    }

    private static int Wait(NamespaceHost host, string name, TimeSpan limit, CancellationToken stop)
    {
        var missing = HandshakeWait.Until(host, name, limit, stop);
        if (missing.Count == 0)
        {
            Terminal.Out.WriteLine($"{name} has shaken hands");
            return ExitStatus.Done;
        }

        if (stop.IsCancellationRequested)
        {
            Terminal.Fail(
                $"interrupted before a handshake on {string.Join(", ", missing)}; the namespace stays up, closed to everything else",
                $"`wgns down {name}` takes it away");
            return ExitStatus.Interrupted;
        }

        Terminal.Fail(
            $"no handshake on {string.Join(", ", missing)} within {limit.TotalSeconds} s; the namespace stays up, closed to everything else",
            HandshakeWait.Hint);
        return ExitStatus.Failed;
    }
}
