using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Execution;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Observation;
using Wgns.Planning;

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
        command.SetAction(result =>
        {
            if (!Shared.IsRoot("up"))
            {
                return ExitStatus.Failed;
            }

            var paths = Shared.Paths(result.GetValue(config));
            var options = new UpOptions(
                result.GetValue(adopt), result.GetValue(wait), TimeSpan.FromSeconds(result.GetValue(timeout)), result.GetValue(verbose));
            return paths.Count == 0
                ? ExitStatus.Failed
                : Many.Run([.. paths.Select(p => (Path.GetFileNameWithoutExtension(p), (Func<int>)(() => Run(p, options))))], "up");
        });
        return command;
    }

    internal sealed record UpOptions(bool Adopt, bool Wait, TimeSpan Timeout, bool Verbose);

    internal static int Run(string path, UpOptions options)
    {
        NativeLibraries.Preload();
        using var loaded = Shared.Load(path);
        if (loaded is null)
        {
            return ExitStatus.Usage;
        }

        using var stop = new CancellationTokenSource();
        var begun = new Begun(options.Verbose ? new ProgressText() : null);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Cancel(c, stop, begun));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Cancel(c, stop, begun));
        using var host = Shared.Host();
        var clock = Stopwatch.StartNew();
        var report = new NamespaceRun(host, begun).Up(loaded.Config!, loaded.Keys!, options.Adopt, stop.Token);
        var status = RunText.Write(report);
        if (status != ExitStatus.Done)
        {
            return status;
        }

        Terminal.Out.WriteLine(report.Plan!.IsEmpty
            ? $"{report.Name} is up already, nothing to do"
            : $"{report.Name} is up ({report.Plan.Steps.Length} operations, {clock.ElapsedMilliseconds} ms)");
        return options.Wait ? Wait(host, report.Name, options.Timeout, stop.Token) : status;
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
            return ExitStatus.Interrupted;
        }

        Terminal.Fail(
            $"no handshake on {string.Join(", ", missing)} within {limit.TotalSeconds} s; the namespace stays up, closed to everything else",
            "check endpoint, publicKey and whether the peer knows this interface's public key (`wgns status`)");
        return ExitStatus.Failed;
    }

    /// <summary>
    /// With nothing begun there is nothing to take back, and the signal ends the process as it would without us: waiting
    /// for another wgns, or for a name server that does not answer, can take a minute in which nobody asks for a token.
    /// </summary>
    private static void Cancel(PosixSignalContext context, CancellationTokenSource stop, Begun begun)
    {
        // Of several that run at once, one that has begun is enough.
        context.Cancel |= begun.Something;
        stop.Cancel();
    }

    /// <summary>Notes that a run has gone over from looking to doing.</summary>
    private sealed class Begun(IRunObserver? next) : IRunObserver
    {
        private volatile bool _something;

        public bool Something => _something;

        public void Saving(StateRecord? record)
        {
            _something = true;
            next?.Saving(record);
        }

        public void Saved(StateRecord? record) => next?.Saved(record);

        public void Starting(Operation operation) => next?.Starting(operation);

        public void Done(Operation operation) => next?.Done(operation);
    }
}
