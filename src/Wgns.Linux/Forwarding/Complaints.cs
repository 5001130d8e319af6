using System.Diagnostics;

namespace Wgns.Linux.Forwarding;

/// <summary>Says what fails, once in a while: a service that is down is asked a thousand times a second.</summary>
internal sealed class Complaints(Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Operation, Errno Errno), (long At, int Untold)> _said = [];

    internal void Say(string operation, Errno errno)
    {
        var key = (operation, errno);
        var known = _said.TryGetValue(key, out var last);
        if (known && Stopwatch.GetElapsedTime(last.At) < Pause)
        {
            _said[key] = last with { Untold = last.Untold + 1 };
            return;
        }

        _said[key] = (Stopwatch.GetTimestamp(), 0);
        say(last.Untold > 0 ? $"{operation}: {errno} ({last.Untold} more since)" : $"{operation}: {errno}");
    }
}
