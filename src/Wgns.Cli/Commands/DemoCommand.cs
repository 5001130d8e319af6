using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Demo;

namespace Wgns.Cli.Commands;

/// <summary>`wgns demo`</summary>
internal static class DemoCommand
{
    internal static Command Build()
    {
        var command = new Command("demo", "Show it all on this machine: a provider, a tunnel, and what happens when the tunnel is cut");
        command.SetAction(_ => Shared.IsRoot("demo") ? Run() : ExitStatus.Failed);
        return command;
    }

    /// <summary>What the demo runs inside its namespace; null where the words are none of it.</summary>
    internal static int? RunInside(string[] words)
    {
        switch (words)
        {
            case [PageFetch.HiddenVerb, var url]:
                Terminal.Out.WriteLine(PageFetch.Run(url).Encode());
                return ExitStatus.Done;
            case [Chatter.HiddenVerb, var provider, var uplink, var providerV6]
                when IPAddress.TryParse(provider, out var address) && IPEndPoint.TryParse(uplink, out var endpoint):
                foreach (var round in Chatter.Run(address, IPAddress.TryParse(providerV6, out var v6) ? v6 : null, endpoint))
                {
                    Terminal.Out.WriteLine(round.Encode());
                }

                return ExitStatus.Done;
            default:
                return null;
        }
    }

    private static int Run()
    {
        using var stop = new CancellationTokenSource();
        var signals = ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            .Select(s => PosixSignalRegistration.Create(s, c => Cancel(c, stop)))
            .ToList();
        try
        {
            using var host = Shared.Host();
            var text = new DemoText();
            var outcome = new DemoRun(host, text, Self()).Run(stop.Token);
            return text.End(outcome) ? ExitStatus.Done : ExitStatus.Failed;
        }
        catch (OperationCanceledException)
        {
            Terminal.Fail("interrupted");
            return ExitStatus.Interrupted;
        }
        finally
        {
            signals.ForEach(s => s.Dispose());
        }
    }

    private static void Cancel(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    /// <summary>A native program is itself; one run by `dotnet` is that and an assembly.</summary>
    private static ImmutableArray<string> Self()
    {
        var process = Environment.ProcessPath ?? throw new OperationFailedException("/proc/self/exe cannot be read");
        return Path.GetFileName(process) == "dotnet" ? [process, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [process];
    }
}
