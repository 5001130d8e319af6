using System.CommandLine;
using Wgns.Cli.Output;
using Wgns.Configuration;
using Wgns.Execution;
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
        var force = new Option<bool>("--force") { Description = "take the name away also while processes are inside; they stay in the closed namespace" };
        var verbose = Shared.Verbose();
        var conditions = new DownConditions();
        var command = new Command("down", "Take the namespace down") { target, force, verbose };
        conditions.AddTo(command);
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

            if (!conditions.Hold(result))
            {
                return ExitStatus.Done;
            }

            var all = AllOf(result.GetValue(target));
            var isVerbose = result.GetValue(verbose);
            var isForced = result.GetValue(force);
            var isForUnit = conditions.AreFor(result);
            return all.Count == 0
                ? ExitStatus.Failed
                : Many.Run(
                    [
                        .. all.Select(a => (a.Name, (Func<int>)(() => a.Problem is not null
                            ? a.FailUnread()
                            : Run(a.Name, a.IsManaged, isForced, isForUnit, () => conditions.HoldUnderLock(result), isVerbose ? new ProgressText() : null)))),
                    ],
                    "down",
                    Asked.Dependants(all));
        });
        return command;
    }

    private static int Run(string name, bool isManaged, bool force, bool onlyHeld, Func<bool> isDue, ProgressText? observer)
    {
        using var host = Shared.Host();
        if (!Shared.IsName(name))
        {
            return ExitStatus.Usage;
        }

        if (onlyHeld && host.Store.Load(name) is { Holder: null })
        {
            return Said($"{name} was made by `wgns up` and by no unit: it is left alone");
        }

        if (new NamespaceRun(host, observer).DownWhen(isDue, name, force, isShared: !isManaged) is not { } report)
        {
            return ExitStatus.Done;
        }

        var status = RunText.Write(report);
        if (status != ExitStatus.Done && report.Result?.HasOnlyHooksFailed != true)
        {
            return status;
        }

        if (!report.Inside.IsEmpty)
        {
            Terminal.Fail(
                $"{name} is closed, but stays for the processes inside: {Words.Processes(report.Inside)}",
                $"end them and run `wgns down {name}` again, or `wgns up {(report.Plan?.Before?.Config is { Length: > 0 } config ? config : name)}` to give them their network back, or --force to take the name away");
            return ExitStatus.Failed;
        }

        if (report.Plan is { Outcome: not null, Before.Holder: { } holder })
        {
            Terminal.Out.WriteLine($"{name} is closed; the namespace stays, since {holder} holds it");
            return status;
        }

        Terminal.Out.WriteLine(report.Plan!.IsEmpty && report.Plan.Before is null ? NotUp(name) : $"{name} is down");
        return status;
    }

    /// <summary>Of one that a user keeps: by its keeper, or by whoever comes after that was killed. Null for root.</summary>
    private static int? DownOfOurs(string name)
    {
        if (!Shared.IsPlainUser)
        {
            return null;
        }

        var root = UserDirectory.Own();
        if (!Shared.IsName(name))
        {
            return ExitStatus.Usage;
        }

        if (Kept.KeeperOf(root, name) is not { } keeper)
        {
            // One of the machine's, or of somebody else's there, is told to need root.
            return Kept.Forget(root, name) ? Said($"{name} is down")
                : new StateDirectory(RuntimePaths.System).Has(name) || File.Exists(RuntimePaths.System.NetnsFile(name)) ? Rootless.Enter(name, endsWithUs: false)
                : Said(NotUp(name));
        }

        var status = Rootless.Enter(name, endsWithUs: false);
        if (status == ExitStatus.Done)
        {
            Kept.AwaitEnd(keeper);

            // It may have gone while the lock's file was still there.
            UserDirectory.Tidy(RuntimePaths.Below(root));
        }

        return status;
    }

    private static string NotUp(string name) => $"{name} is not up, nothing to do";

    private static int Said(string sentence)
    {
        Terminal.Out.WriteLine(sentence);
        return ExitStatus.Done;
    }

    /// <summary>A name is taken as it is; a path is read for the name in it, even where the rest of it is wrong by now.</summary>
    private static List<Asked> AllOf(string? target) =>
        target is not null && !ConfigLocator.IsPath(target) ? [new Asked(target, target, IsManaged(target), null, null)] : Asked.Of(Shared.Paths(target));

    /// <summary>By the file that it has in /etc/wgns, if any.</summary>
    private static bool IsManaged(string name)
    {
        var path = ConfigLocator.PathOf(name);
        return !File.Exists(path) || ConfigLoader.ReadBytes(path, out _) is not { } bytes || ConfigLoader.NameIn(bytes, path).IsManaged;
    }
}
