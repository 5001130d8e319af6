using System.Collections.Immutable;
using Wgns.Linux.Namespaces;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Lifecycle;

/// <summary>Makes peers that would stay silent shake hands, and puts their keepalive back when disposed.</summary>
internal sealed class HandshakeNudge(NamespaceHost host, string name) : IDisposable
{
    private const ushort Seconds = 25;

    private readonly List<(string Ifname, EngineRecord? Engine, ImmutableArray<WireGuardKey> Peers)> _nudged = [];
    private readonly HashSet<(string, WireGuardKey)> _seen = [];

    internal bool Has(string ifname, WireGuardKey peer) => _seen.Contains((ifname, peer));

    /// <summary>
    /// Sets, once, the keepalive of each peer without one; an engine takes that for a reason to send at once. Peers that
    /// have an endpoint only later get theirs then.
    /// </summary>
    internal void Silent(ObservedState observed)
    {
        foreach (var item in observed.Record?.Interfaces ?? [])
        {
            var silent = (observed.Devices.GetValueOrDefault(item.Ifname)?.Peers ?? [])
                .Where(p => p is { LatestHandshake: null, PersistentKeepalive: 0, Endpoint: not null } && _seen.Add((item.Ifname, p.PublicKey)))
                .Select(p => p.PublicKey)
                .ToImmutableArray();
            if (!silent.IsEmpty)
            {
                _nudged.Add((item.Ifname, item.Engine, silent));
                Set(item.Ifname, item.Engine, silent, Seconds);
            }
        }
    }

    public void Dispose()
    {
        foreach (var (ifname, engine, peers) in _nudged)
        {
            Set(ifname, engine, peers, 0);
        }
    }

    private void Set(string ifname, EngineRecord? engine, ImmutableArray<WireGuardKey> peers, ushort seconds)
    {
        if (new NetnsDirectory(host.Paths.Netns).Open(name) is not NetnsLookup.Found found)
        {
            return;
        }

        using (found.Netns)
        using (var control = host.Devices.Open(found.Netns, ifname, engine))
        {
            control?.Set(new DeviceChange(null, null, null, [.. peers.Select(p => new PeerChange(
                p, Remove: false, UpdateOnly: true, PresharedKey: null, Endpoint: null, seconds, ReplaceAllowedIps: false, []))]));
        }
    }
}
