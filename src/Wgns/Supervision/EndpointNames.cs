using System.Net;
using Wgns.Configuration;

namespace Wgns.Supervision;

/// <summary>
/// Decides when which endpoint name is looked up: at once when it is new, again and again while it has no answer, every
/// dynamicEndpointRefreshSeconds after one, and out of turn when a tunnel that uses it went stale. Times are of one
/// monotonic clock, which the caller has.
/// </summary>
public sealed class EndpointNames
{
    /// <summary>A resolver that is not there yet, as at boot, is asked after 1 s and soon no more than twice a minute.</summary>
    public static readonly Backoff Pauses = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the names of a configuration, and forgets those that it has no more.</summary>
    public void Follow(NamespaceConfig config, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(config);
        var wanted = config.Interfaces
            .SelectMany(i => i.Peers)
            .Where(p => p.Endpoint is { Address: null })
            .ToLookup(p => p.Endpoint!.Host, p => p.DynamicEndpointRefreshSeconds, StringComparer.OrdinalIgnoreCase);
        foreach (var gone in _entries.Keys.Where(h => !wanted.Contains(h)).ToList())
        {
            _entries.Remove(gone);
        }

        foreach (var host in wanted)
        {
            // The most impatient of a name's peers decides; 0 is not impatience.
            var refresh = TimeSpan.FromSeconds(host.Where(s => s > 0).DefaultIfEmpty(0).Min());
            if (!_entries.TryGetValue(host.Key, out var entry))
            {
                _entries.Add(host.Key, new Entry { Refresh = refresh, Next = now });
            }
            else if (entry.Refresh != refresh)
            {
                entry.Refresh = refresh;
                if (entry.Failures == 0 && !entry.IsAsked)
                {
                    entry.Next = refresh > TimeSpan.Zero ? now + refresh : null;
                }
            }
        }
    }

    /// <summary>The names to look up now; each is out until <see cref="Answered"/> or <see cref="Failed"/>.</summary>
    public IReadOnlyList<string> Due(TimeSpan now)
    {
        List<string> due = [.. _entries.Where(e => !e.Value.IsAsked && e.Value.Next <= now).Select(e => e.Key)];
        foreach (var host in due)
        {
            _entries[host].IsAsked = true;
        }

        return due;
    }

    /// <summary>When the next one is due; null where none is to be.</summary>
    public TimeSpan? Next => _entries.Values.Where(e => !e.IsAsked).Min(e => e.Next);

    /// <summary>False where the name is nobody's any more.</summary>
    public bool Answered(string host, IReadOnlyList<IPAddress> addresses, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Count == 0)
        {
            Failed(host, "the name has no address", now);
            return false;
        }

        if (!_entries.TryGetValue(host, out var entry))
        {
            return false;
        }

        (entry.IsAsked, entry.Failures, entry.Problem, entry.Addresses) = (false, 0, null, addresses);
        entry.Next = entry.Refresh > TimeSpan.Zero ? now + entry.Refresh : null;
        return true;
    }

    /// <summary>What was known of the name stays known.</summary>
    public void Failed(string host, string problem, TimeSpan now)
    {
        if (_entries.TryGetValue(host, out var entry))
        {
            (entry.IsAsked, entry.Problem) = (false, problem);
            entry.Next = now + Pauses.After(++entry.Failures);
        }
    }

    /// <summary>Looks a name up out of turn. One that fails already keeps its pause.</summary>
    public void Hurry(string host, TimeSpan now)
    {
        if (_entries.TryGetValue(host, out var entry) && entry is { IsAsked: false, Failures: 0 })
        {
            entry.Next = now;
        }
    }

    /// <summary>The last answer; empty where there was none.</summary>
    public IReadOnlyList<IPAddress> AddressesOf(string host) => _entries.TryGetValue(host, out var entry) ? entry.Addresses : [];

    /// <summary>Names that never had an answer, with the reason of the last failure.</summary>
    public IReadOnlyList<(string Host, string Problem)> Unknown =>
        [.. _entries.Where(e => e.Value is { Problem: not null, Addresses.Count: 0 }).Select(e => (e.Key, e.Value.Problem!))];

    private sealed class Entry
    {
        internal TimeSpan Refresh { get; set; }

        internal TimeSpan? Next { get; set; }

        internal bool IsAsked { get; set; }

        internal int Failures { get; set; }

        internal string? Problem { get; set; }

        internal IReadOnlyList<IPAddress> Addresses { get; set; } = [];
    }
}
