namespace Wgns.WireGuard.Handshakes;

/// <summary>
/// A token bucket for each source of handshakes, for a device under load (the paper, 5.3): 20 a second, 5 at once, as the kernel's
/// ratelimiter.c. A source is an IPv4 address or an IPv6 /64, the least that a host is given. Only sources that have proved by
/// a cookie that the address is theirs come here, so a stranger cannot fill the table; a full one refuses new sources.
/// </summary>
internal sealed class RateLimiter
{
    internal const int MaxSources = 65536;

    private static readonly long Cost = TimeSpan.TicksPerSecond / 20;
    private static readonly long Most = Cost * 5;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(bool IsIPv6, UInt128 Prefix), Bucket> _buckets = [];
    private TimeSpan _swept;

    internal int Count => _buckets.Count;

    internal bool TryPass(TimeSpan now, in Endpoint source)
    {
        if (now - _swept >= SweepEvery)
        {
            Sweep(now);
        }

        var key = (source.IsIPv6, source.IsIPv6 ? source.Address >> 64 : source.Address);
        var known = _buckets.TryGetValue(key, out var bucket);
        if (!known && _buckets.Count >= MaxSources)
        {
            return false;
        }

        var tokens = known ? Math.Min(Most, bucket.Tokens + (now - bucket.Seen).Ticks) : Most;
        var passes = tokens >= Cost;
        _buckets[key] = new Bucket(now, passes ? tokens - Cost : tokens);
        return passes;
    }

    /// <summary>A bucket that is full again is as good as none.</summary>
    private void Sweep(TimeSpan now)
    {
        _swept = now;
        foreach (var (key, bucket) in _buckets)
        {
            if ((now - bucket.Seen).Ticks >= Most)
            {
                _buckets.Remove(key);
            }
        }
    }

    private readonly record struct Bucket(TimeSpan Seen, long Tokens);
}
