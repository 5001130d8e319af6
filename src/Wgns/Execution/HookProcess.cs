using System.Text;
using Wgns.Configuration;
using Wgns.Linux.Files;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Processes;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>Runs hooks: /bin/sh -c, without a terminal, with two variables of ours and few of the environment.</summary>
internal static class HookProcess
{
    /// <summary>What a shell needs to find programs and to speak: whatever else is in our environment is not theirs.</summary>
    private static readonly string[] Kept = ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ"];

    /// <param name="open">The namespace, which stays the caller's.</param>
    /// <exception cref="OperationFailedException">One or more failed; their last words are in the message.</exception>
    internal static void Run(RunHooks operation, RuntimePaths paths, Func<string, Netns> open)
    {
        var problems = operation.Hooks.Select(h => Run(operation, h, paths, open)).OfType<string>().ToList();
        if (problems.Count > 0)
        {
            throw new OperationFailedException(string.Join("; ", problems));
        }
    }

    /// <summary>Null where it succeeded.</summary>
    private static string? Run(RunHooks operation, HookCommand hook, RuntimePaths paths, Func<string, Netns> open)
    {
        // A file and no pipe: what a hook leaves running in the background must not keep us waiting for its output.
        var log = paths.HookLog(operation.Name);
        paths.CreateState();
        File.Delete(log);
        try
        {
            using var output = LogFile.Open(log);
            var request = new SpawnRequest("/bin/sh", ["-c", hook.Command])
            {
                Environment = Variables(operation),
                Output = output,
                WorkingDirectory = "/",
            };
            var process = hook.Where == HookPlace.Host
                ? Spawn.Start(request)
                : NetnsThread.Run(open(operation.Name).Fd, () => Spawn.Start(request));
            var (status, wasKilled) = Command.WaitFor(process, HookCommand.Limit);
            return wasKilled ? $"{Name(operation, hook)} took longer than {HookCommand.Limit.TotalSeconds} s and was ended{LastWords(log)}"
                : status != 0 ? $"{Name(operation, hook)} ended with status {status}{LastWords(log)}"
                : null;
        }
        finally
        {
            File.Delete(log);
        }
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

    private static string Name(RunHooks operation, HookCommand hook) => $"the {operation.Key} hook {RunHooks.Shown(hook.Command)}";

    private static string LastWords(string log)
    {
        var lines = File.ReadAllLines(log, Encoding.UTF8).Where(l => l.Length > 0).TakeLast(3).ToList();
        return lines.Count == 0 ? string.Empty : $": {string.Join(" / ", lines)}";
    }
}
