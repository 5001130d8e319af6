using System.Collections.Immutable;
using Wgns.Linux.Processes;

namespace Wgns.Demo;

/// <summary>Runs this very program inside a namespace, by `wgns exec` as anybody would.</summary>
/// <param name="Self">How this program is started: its path, and what an interpreter needs before the verb.</param>
internal sealed record InsideProgram(ImmutableArray<string> Self, string Namespace)
{
    /// <summary>The C library's resolver would wait 5 s, twice, for a server that does not answer: resolv.conf(5).</summary>
    private const string ResolverOptions = "RES_OPTIONS=timeout:2 attempts:1";

    /// <summary>Waits for the verb's end, at most <paramref name="limit"/>; after that it is killed.</summary>
    internal CommandResult Run(TimeSpan limit, params ReadOnlySpan<string> verb)
    {
        // Where the demo was started may be hidden inside, or removed.
        var request = new SpawnRequest(Self[0], [.. Self[1..], "exec", Namespace, "--workdir", "/", "--", .. Self, .. verb])
        {
            Environment = [.. Spawn.CurrentEnvironment(v => v == "RES_OPTIONS"), ResolverOptions],
        };
        return Command.Run(request, [], limit);
    }

    /// <summary>What is wrong with a run that printed nothing of use.</summary>
    internal static string Problem(CommandResult result) =>
        result.TimedOut ? "it did not end in time"
        : result.Errors.Trim() is { Length: > 0 } words ? words.ReplaceLineEndings(" ")
        : $"it ended with status {result.ExitStatus}";
}
