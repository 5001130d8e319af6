using System.Collections.Immutable;
using System.Globalization;
using Wgns.Configuration;
using Wgns.Linux.Processes;
using Wgns.Planning;
using Wgns.Systemd;

namespace Wgns.Execution;

/// <summary>
/// A hook as a transient unit of systemd's, for where this process is in a unit's sandbox, which a child of ours could never leave.
/// docs/decisions/0017-hooks-are-units-of-their-own.md has the reasons.
/// </summary>
internal static class HookUnit
{
    /// <summary>What systemd may take beyond the hook's own time, to start it and to end what it left.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether hooks are units: this is a service's process (INVOCATION_ID, systemd.exec(5)) with restrictions on it, and not one
    /// of a user's own namespaces, for whom systemd does nothing.
    /// </summary>
    internal static bool IsNeeded(RuntimePaths paths) =>
        paths.State == RuntimePaths.System.State
        && Systemctl.IsThere
        && Environment.GetEnvironmentVariable("INVOCATION_ID") is { Length: > 0 }
        && OwnRestrictions.AreThere;

    /// <summary>One for each namespace, since hooks run one after the other. An @ would make it an instance of a template.</summary>
    internal static string NameOf(string name) => $"{UnitName.HookPrefix}{UnitName.OfPath(name)}.service";

    /// <summary>Runs it to its end.</summary>
    /// <param name="variables">NAME=VALUE</param>
    /// <param name="log">A file that is there, for what it prints.</param>
    /// <param name="stop">Ends one that we wait for.</param>
    /// <returns>Null where it succeeded; else the rest of a sentence about it.</returns>
    /// <exception cref="OperationFailedException">systemd could not be told.</exception>
    internal static string? Run(
        RunHooks operation, HookCommand hook, IEnumerable<string> variables, RuntimePaths paths, string log, CancellationToken stop)
    {
        var unit = NameOf(operation.Name);
        Forget(unit);
        var result = Systemctl.Run("systemd-run", Arguments(operation, hook, variables, paths, log), HookCommand.Limit + Margin, stop);
        if (result.TimedOut)
        {
            if (stop.IsCancellationRequested)
            {
                // systemd-run ended, but the unit is systemd's child and none of ours.
                Forget(unit);
                return "was interrupted";
            }

            Systemctl.Do("stop", "--no-block", "--", unit);
            return "was not ended by systemd, which does not answer";
        }

        if (result.ExitStatus == 0)
        {
            return null;
        }

        var problem = Problem(Look(unit));
        Forget(unit);
        return problem ?? $"could not be run as {unit}: {result.Errors.Trim()}";
    }

    /// <summary>systemd-run(1)'s, without --wait and --pipe: these need a system bus, which is not there while the machine goes down.</summary>
    internal static ImmutableArray<string> Arguments(
        RunHooks operation, HookCommand hook, IEnumerable<string> variables, RuntimePaths paths, string log) =>
    [
        "--quiet",
        "--no-ask-password",
        $"--unit={NameOf(operation.Name)}",
        $"--description=The {operation.Key} hook of network namespace {operation.Name}",
        // oneshot: systemd-run returns when it has ended.
        "--service-type=oneshot",
        // It waits for nothing and nothing stops it: our own unit is starting or stopping, perhaps with the whole machine.
        "--property=DefaultDependencies=no",
        string.Create(CultureInfo.InvariantCulture, $"--property=TimeoutStartSec={HookCommand.Limit.TotalSeconds}"),
        "--property=TimeoutStopSec=2",
        "--property=IgnoreSIGPIPE=no",
        "--property=WorkingDirectory=/",
        $"--property=StandardOutput=append:{log}",
        .. hook.Where == HookPlace.Namespace
            ? (ReadOnlySpan<string>)[$"--property=NetworkNamespacePath={paths.NetnsFile(operation.Name)}", "--property=PrivateMounts=no"]
            : [],
        .. variables.Select(v => $"--setenv={v}"),
        "--",
        "/bin/sh",
        "-c",
        // systemd puts variables in by itself; "$$" is the sign itself (systemd.service(5)).
        hook.Command.Replace("$", "$$", StringComparison.Ordinal),
    ];

    /// <summary>Null where systemd has not run it.</summary>
    /// <param name="shown">What `systemctl show` says of the unit, by property.</param>
    internal static string? Problem(IReadOnlyDictionary<string, string> shown) => shown.GetValueOrDefault("Result") switch
    {
        "timeout" => $"took longer than {HookCommand.Limit.TotalSeconds} s and was ended",
        // 1 is CLD_EXITED of signal.h; 2 and 3 are ends by a signal, told as shells do.
        "exit-code" or "signal" or "core-dump" when int.TryParse(shown.GetValueOrDefault("ExecMainStatus"), CultureInfo.InvariantCulture, out var status) =>
            $"ended with status {(shown.GetValueOrDefault("ExecMainCode") == "1" ? status : 128 + status)}",
        null or "success" => null,
        var other => $"was ended by systemd: {other}",
    };

    private static ImmutableDictionary<string, string> Look(string unit) =>
        Systemctl.Show(unit, "LoadState", "Result", "ExecMainCode", "ExecMainStatus");

    /// <summary>Ends one that a supervisor left, who was killed while it ran, and what systemd knows of one that failed.</summary>
    private static void Forget(string unit)
    {
        if (Look(unit).GetValueOrDefault("LoadState") == "not-found")
        {
            return;
        }

        Systemctl.Do("stop", "--", unit);
        if (Look(unit).GetValueOrDefault("LoadState") != "not-found")
        {
            Systemctl.Do("reset-failed", "--", unit);
        }
    }
}
