using Wgns.Configuration;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Supervision;

/// <summary>Decides whether a namespace is what its users wait for.</summary>
public static class Readiness
{
    /// <summary>Whose handshakes are missing, in words; empty where it is ready.</summary>
    public static IReadOnlyList<string> Missing(NamespaceConfig config, ObservedState observed)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(observed);
        return config.Ready switch
        {
            ReadyWhen.Configured => [],
            ReadyWhen.All =>
            [
                .. from item in config.Interfaces
                   from peer in item.Peers
                   where !HasShakenHands(EndpointRule.PeerOf(observed, item.Ifname, peer.PublicKey))
                   select $"{item.Ifname} with {peer.Endpoint?.ToString() ?? peer.PublicKey.ToString()}",
            ],
            // An interface without peers has nobody to wait for.
            _ =>
            [
                .. config.Interfaces
                    .Where(i => !i.Peers.IsEmpty && !i.Peers.Any(p => HasShakenHands(EndpointRule.PeerOf(observed, i.Ifname, p.PublicKey))))
                    .Select(i => i.Ifname),
            ],
        };
    }

    private static bool HasShakenHands(WireGuardPeer? peer) => peer?.LatestHandshake is not null;
}
