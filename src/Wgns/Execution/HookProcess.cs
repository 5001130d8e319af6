using Wgns.Configuration;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>
/// Runs hooks: /bin/sh -c, without a terminal, with two variables of ours and few of the environment; as children, or, in a
/// unit's sandbox, as units.
/// </summary>
internal static class HookProcess
{
    /// <summary>What a shell needs to find programs and to speak: whatever else is in our environment is not theirs.</summary>
    private static readonly string[] Kept = ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ"];

    /// <param name="open">The namespace, which stays the caller's.</param>
    /// <param name="stop">Ends one that we wait for.</param>
    /// <exception cref="OperationFailedException">One or more failed; their last words are in the message.</exception>
    internal static void Run(RunHooks operation, RuntimePaths paths, Func<string, Netns> open, CancellationToken stop)
    {
        var problems = operation.Hooks.Select(h => Run(operation, h, paths, open, stop)).OfType<string>().ToList();
        if (problems.Count > 0)
        {
            throw new OperationFailedException(string.Join("; ", problems));
        }
    }

    /// <summary>Null where it succeeded.</summary>
    private static string? Run(RunHooks operation, HookCommand hook, RuntimePaths paths, Func<string, Netns> open, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return $"the {operation.Key} hook {RunHooks.Shown(hook.Command)} was not begun";
        }

        paths.CreateState();
        var isUnit = HookUnit.IsNeeded(paths);
        using var output = isUnit ? HookOutput.At(paths.HookLog(operation.Name)) : HookOutput.InMemory();
        var problem = isUnit
            ? HookUnit.Run(operation, hook, Variables(operation), paths, output.Path!, stop)
            : RunChild(operation, hook, output.Fd, open, stop);
        return problem is null ? null : $"the {operation.Key} hook {RunHooks.Shown(hook.Command)} {problem}{output.LastWords()}";
    }

    /// <summary>Null where it succeeded; else the rest of a sentence about it.</summary>
    private static string? RunChild(RunHooks operation, HookCommand hook, OwnedFd output, Func<string, Netns> open, CancellationToken stop)
    {
        var request = new SpawnRequest("/bin/sh", ["-c", hook.Command])
        {
            Environment = Variables(operation),
            Output = output,
            WorkingDirectory = "/",
        };
        var process = hook.Where == HookPlace.Host
            ? Spawn.Start(request)
            : NetnsThread.Run(open(operation.Name).Fd, () => Spawn.Start(request));
        var (status, wasKilled) = Command.WaitFor(process, HookCommand.Limit, stop);
        return wasKilled && stop.IsCancellationRequested ? "was interrupted"
            : wasKilled ? $"took longer than {HookCommand.Limit.TotalSeconds} s and was ended"
            : status != 0 ? $"ended with status {status}"
            : null;
    }

    private static List<string> Variables(RunHooks operation) =>
    [
        .. from name in Kept
           let value = Environment.GetEnvironmentVariable(name)
           where value is not null
           select $"{name}={value}",
        $"WGNS_NAMESPACE={operation.Name}",
        $"WGNS_INTERFACE={operation.Ifnames}",
    ];
}
