using System.Collections.Immutable;
using System.Diagnostics;
using Wgns.Linux.Processes;

namespace Wgns.Linux.Namespaces;

/// <summary>A process that has a thread inside a netns.</summary>
/// <param name="Command">comm: at most 15 bytes of the program's name, as ps(1) shows it.</param>
public readonly record struct InsideProcess(int Pid, string Command);

/// <summary>Who is inside which netns: one walk through <c>/proc</c> when it is first asked, for all that are asked of.</summary>
/// <remarks>
/// Several threads may ask, but no netns thread. Without root the processes of others cannot be asked, and are left out. A process that only
/// holds a netns open, or a socket made in it, is not inside; nor is our own.
/// </remarks>
public sealed class ProcessSurvey
{
    /// <summary>A look into a netns, as `wgns status` or `ip -n` takes one, needs a few milliseconds.</summary>
    private static readonly TimeSpan LongerThanALook = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private Dictionary<string, List<int>>? _seen;
    private long _seenAt;

    /// <summary>
    /// Every process with at least one thread whose netns is <paramref name="identity"/>, by pid. Who was seen there is asked once more
    /// a little later: somebody who only takes a look from outside is gone by then.
    /// </summary>
    public ImmutableArray<InsideProcess> Inside(NetnsIdentity identity)
    {
        var netns = identity.ToString();
        if (!Seen().TryGetValue(netns, out var pids))
        {
            return [];
        }

        if (LongerThanALook - Stopwatch.GetElapsedTime(_seenAt) is var rest && rest > TimeSpan.Zero)
        {
            Thread.Sleep(rest);
        }

        return
        [
            .. pids.Where(pid => NetnsProcesses.NetnsOfThreads(pid).Contains(netns))
                .Order()
                .Select(pid => new InsideProcess(pid, NetnsProcesses.CommandOf(pid))),
        ];
    }

    private Dictionary<string, List<int>> Seen()
    {
        lock (_lock)
        {
            if (_seen is null)
            {
                _seen = Walk();
                _seenAt = Stopwatch.GetTimestamp();
            }

            return _seen;
        }
    }

    private static Dictionary<string, List<int>> Walk()
    {
        var seen = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var pid in ProcessSearch.All().Where(pid => pid != Environment.ProcessId))
        {
            foreach (var netns in NetnsProcesses.NetnsOfThreads(pid))
            {
                if (!seen.TryGetValue(netns, out var pids))
                {
                    seen[netns] = pids = [];
                }

                if (pids is not [.., var last] || last != pid)
                {
                    pids.Add(pid);
                }
            }
        }

        return seen;
    }
}
