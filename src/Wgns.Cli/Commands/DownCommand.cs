using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Configuration;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Rootless;
using Wgns.Systemd;

namespace Wgns.Cli.Commands;

/// <summary>`wgns down [NAME|CONFIG]`</summary>
internal static class DownCommand
{
    internal static Command Build()
    {
        var target = Shared.OptionalConfig("NAME|CONFIG", "the namespace, or its configuration (default: as for up)");
        Shared.CompleteNames(target);
        var force = new Option<bool>("--force") { Description = "take the name away also while processes are inside; they stay in the closed namespace" };
        var verbose = Shared.Verbose();
        var unit = new Option<string?>("--when-stopped")
        {
            Description = "only where systemd is stopping this unit for good, not restarting it: for its ExecStopPost=",
            HelpName = "UNIT",
        };
        var command = new Command("down", "Take the namespace down") { target, force, unit, verbose };
        command.SetAction(result =>
        {
            if (result.GetValue(target) is { } named && !ConfigLocator.IsPath(named) && DownOfOurs(named) is { } status)
            {
                return status;
            }

            if (!Shared.IsRoot("down"))
            {
                return ExitStatus.Failed;
            }

            if (result.GetValue(unit) is { } asked && !IsStopped(asked))
            {
                return ExitStatus.Done;
            }

            var names = Names(result.GetValue(target));
            var isVerbose = result.GetValue(verbose);
            var isForced = result.GetValue(force);
            return names.Count == 0
                ? ExitStatus.Failed
                : Many.Run([.. names.Select(n => (n, (Func<int>)(() => Run(n, isForced, isVerbose ? new ProgressText() : null))))], "down");
        });
        return command;
    }

    private static int Run(string name, bool force, ProgressText? observer)
    {
        using var host = Shared.Host();
        if (!Shared.IsName(name))
        {
            return ExitStatus.Usage;
        }

        var report = new NamespaceRun(host, observer).Down(name, force);
        var status = RunText.Write(report);
        if (status != ExitStatus.Done)
        {
            return status;
        }

        if (!report.Inside.IsEmpty)
        {
            Terminal.Fail(
                $"{name} is closed, but stays for the processes inside: {string.Join(", ", report.Inside.Select(p => $"{p.Comm} ({p.Pid})"))}",
                $"end them and run `wgns down {name}` again, or `wgns up` to give them their network back, or --force to take the name away");
            return ExitStatus.Failed;
        }

        if (report.Plan is { Outcome: not null, Before.Holder: { } holder })
        {
            Terminal.Out.WriteLine($"{name} is closed; the namespace stays, since {holder} holds it");
            return ExitStatus.Done;
        }

        Terminal.Out.WriteLine(report.Plan!.IsEmpty && report.Plan.Before is null ? $"{name} is not up, nothing to do" : $"{name} is down");
        return ExitStatus.Done;
    }

    /// <summary>Of one that a user keeps: by its keeper, or by whoever comes after that was killed. Null for root.</summary>
    private static int? DownOfOurs(string name)
    {
        if (Environment.IsPrivilegedProcess || Surroundings.OwnRoot is not null)
        {
            return null;
        }

        var root = UserDirectory.Path;
        if (Kept.KeeperOf(root, name) is not { } keeper)
        {
            return Kept.Forget(root, name) ? Said($"{name} is down") : Rootless.Enter(name, endsWithUs: false);
        }

        var status = Rootless.Enter(name, endsWithUs: false);
        if (status == ExitStatus.Done)
        {
            Kept.AwaitEnd(keeper);
        }

        return status;
    }

    private static int Said(string sentence)
    {
        Terminal.Out.WriteLine(sentence);
        return ExitStatus.Done;
    }

    /// <summary>Where systemd does not say, it is taken for a stop: closed is the safe end of a mistake.</summary>
    private static bool IsStopped(string unit)
    {
        try
        {
            return UnitJob.IsStop(unit);
        }
        catch (Exception e) when (e is OperationFailedException or KernelException)
        {
            Terminal.Fail($"whether {unit} is being stopped or restarted is not known, so the tunnel is closed: {e.Message}");
            return true;
        }
    }

    /// <summary>A name is taken as it is; a path is read for the name in it, even where the rest of it is wrong by now.</summary>
    private static List<string> Names(string? target)
    {
        if (target is not null && !ConfigLocator.IsPath(target))
        {
            return [target];
        }

        var names = new List<string>();
        foreach (var path in Shared.Paths(target))
        {
            if (ConfigLoader.ReadBytes(path, out var problem) is not { } bytes)
            {
                Terminal.Fail($"{path}: {problem}", "give the namespace's name instead");
                continue;
            }

            names.Add(ConfigLoader.NameIn(bytes, path));
        }

        return names;
    }
}
