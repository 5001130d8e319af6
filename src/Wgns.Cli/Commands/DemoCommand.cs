using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Wgns.Cli.Output;
using Wgns.Demo;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Rootless;
using Command = System.CommandLine.Command;

namespace Wgns.Cli.Commands;

/// <summary>`wgns demo`</summary>
internal static class DemoCommand
{
    internal static Command Build()
    {
        var command = new Command("demo", "Show it all on this machine: a provider, a tunnel, and what happens when the tunnel is cut");
        command.SetAction(_ => Environment.IsPrivilegedProcess ? Run() : Surroundings.OwnRoot is { } root ? RunIn(root) : RunWithoutRoot());
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

    /// <summary>In namespaces of its own, a network namespace that stands for the machine's among them.</summary>
    private static int RunWithoutRoot()
    {
        if (!Rootless.HasTun())
        {
            return ExitStatus.Failed;
        }

        var root = UserDirectory.CreateForThisRun();
        var self = OwnProgram.Words();
        using var foreground = new Foreground();
        var result = NamespaceChild.Start(new NamespaceChildRequest(self[0], [.. self[1..], "demo"])
        {
            Environment = Surroundings.Environment(root, null, Environment.ProcessId),
            Ids = IdMap.OfThisUser(),
            NewNetwork = true,
        });
        var status = result is NamespaceChildResult.Started started
            ? foreground.Wait(started.Process, null).ExitStatus
            : Rootless.Fail((NamespaceChildResult.Refused)result);
        UserDirectory.Remove(root);
        return status;
    }

    private static int RunIn(string root)
    {
        if (Surroundings.OwnParent is { } parent)
        {
            ParentProcess.EndWith(parent);

            // Not theirs whom we start.
            Environment.SetEnvironmentVariable(Surroundings.Parent, null);
        }

        Environment.SetEnvironmentVariable(Surroundings.Keeper, Surroundings.Text(ProcessIdentity.Of(Environment.ProcessId)!.Value));
        HostMounts.Tmpfs(root);
        return Run();
    }

    private static int Run()
    {
        using var stop = new CancellationTokenSource();
        using var signals = new HeardSignals(stop.Cancel, PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP);
        try
        {
            using var host = Shared.Host();
            var text = new DemoText();
            var outcome = new DemoRun(host, text, OwnProgram.Words()).Run(stop.Token);
            return text.End(outcome) ? ExitStatus.Done : ExitStatus.Failed;
        }
        catch (OperationCanceledException)
        {
            Terminal.Fail("interrupted");
            return ExitStatus.Interrupted;
        }
    }
}
