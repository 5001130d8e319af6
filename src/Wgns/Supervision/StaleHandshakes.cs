using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Supervision;

/// <summary>
/// Finds peers that no longer answer. WireGuard renews a session in use after 120 s (REKEY_AFTER_TIME) and tries again
/// every 5 s (REKEY_TIMEOUT): a handshake older than 135 s, with bytes sent since and none received, has failed thrice.
/// An idle tunnel sends nothing and is left alone. A handshake of a time to come was told by a clock that was set back since.
/// </summary>
public sealed class StaleHandshakes
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(135);

    private readonly Dictionary<(string, WireGuardKey), (ulong Rx, ulong Tx)> _before = [];

    /// <summary>The peers that are stale since the last look.</summary>
    /// <param name="now">Of the clock that handshakes are told by, CLOCK_REALTIME.</param>
    public IReadOnlyList<WireGuardKey> Look(ObservedState observed, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(observed);
        var stale = new List<WireGuardKey>();
        var seen = new Dictionary<(string, WireGuardKey), (ulong Rx, ulong Tx)>();
        foreach (var (ifname, device) in observed.Devices)
        {
            foreach (var peer in device.Peers)
            {
                var key = (ifname, peer.PublicKey);
                seen[key] = (peer.TransferRx, peer.TransferTx);
                if (_before.TryGetValue(key, out var before)
                    && (peer.LatestHandshake is not { } last || (now - last).Duration() > Limit)
                    && peer.TransferTx > before.Tx
                    && peer.TransferRx == before.Rx)
                {
                    stale.Add(peer.PublicKey);
                }
            }
        }

        _before.Clear();
        foreach (var (key, counters) in seen)
        {
            _before.Add(key, counters);
        }

        return stale;
    }
}
