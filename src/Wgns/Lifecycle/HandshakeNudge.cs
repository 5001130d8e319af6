using System.Collections.Immutable;
using System.Diagnostics;
using Wgns.Linux.Namespaces;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Lifecycle;

/// <summary>Makes peers that would stay silent shake hands, and leaves nothing of how it does that.</summary>
internal sealed class HandshakeNudge(NamespaceHost host, string name)
{
    private const ushort Seconds = 25;

    /// <summary>An engine that was provoked tries for 90 s (REKEY_ATTEMPT_TIME) and then gives up.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(60);

    private readonly Dictionary<(string, WireGuardKey), long> _nudged = [];

    /// <summary>
    /// Provokes each peer without a handshake and without a keepalive: an engine takes a keepalive for a reason to send at
    /// once. Peers that have an endpoint only later are provoked then.
    /// </summary>
    internal void Silent(ObservedState observed)
    {
        foreach (var item in observed.Record?.Interfaces ?? [])
        {
            var silent = (observed.Devices.GetValueOrDefault(item.Ifname)?.Peers ?? [])
                .Where(p => p is { LatestHandshake: null, PersistentKeepalive: 0, Endpoint: not null } && IsDue((item.Ifname, p.PublicKey)))
                .Select(p => p.PublicKey)
                .ToImmutableArray();
            if (!silent.IsEmpty)
            {
                Provoke(item.Ifname, item.Engine, silent);
            }
        }
    }

    private bool IsDue((string, WireGuardKey) peer)
    {
        if (_nudged.TryGetValue(peer, out var last) && Stopwatch.GetElapsedTime(last) < Again)
        {
            return false;
        }

        _nudged[peer] = Stopwatch.GetTimestamp();
        return true;
    }

    /// <summary>
    /// One request, in which each peer comes twice: so nobody ever sees a keepalive that was not configured, and none is left
    /// where we are killed.
    /// </summary>
    private void Provoke(string ifname, EngineRecord? engine, ImmutableArray<WireGuardKey> peers)
    {
        if (new NetnsDirectory(host.Paths.Netns).Open(name) is not NetnsLookup.Found found)
        {
            return;
        }

        using (found.Netns)
        using (var control = host.Devices.Open(found.Netns, ifname, engine))
        {
            control?.Set(new DeviceChange(null, null, null, [.. peers.Select(p => Keepalive(p, Seconds)), .. peers.Select(p => Keepalive(p, 0))]));
        }
    }

    private static PeerChange Keepalive(WireGuardKey peer, ushort seconds) =>
        new(peer, Remove: false, UpdateOnly: true, PresharedKey: null, Endpoint: null, seconds, ReplaceAllowedIps: false, []);
}
