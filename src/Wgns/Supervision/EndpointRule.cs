using System.Collections.Immutable;
using System.Net;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Supervision;

/// <summary>
/// Which endpoints of a running device may be changed. A peer roams, and a name has more than one address: an endpoint
/// that differs from the configuration's is no drift by itself.
/// </summary>
/// <param name="FollowsAll">What the configuration says counts for every peer, as after `up` and `reload`.</param>
/// <param name="Answered">Names with a new answer; their peers follow it.</param>
public sealed record EndpointRule(bool FollowsAll, IReadOnlySet<string> Answered)
{
    /// <summary>As `up` and `reload` do.</summary>
    public static readonly EndpointRule Everything = new(true, ImmutableHashSet<string>.Empty);

    /// <param name="answers">The last answer for a name; empty where there was none.</param>
    public DesiredState Apply(DesiredState desired, ObservedState observed, Func<string, IReadOnlyList<IPAddress>> answers)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(answers);
        return desired with
        {
            Interfaces = [.. desired.Interfaces.Select(i => i with { Device = i.Device with
            {
                Peers = [.. i.Device.Peers.Select(p => Apply(p, PeerOf(observed, i.Ifname, p.PublicKey), answers))],
            } })],
        };
    }

    /// <summary>The peer as its device has it; null where there is none.</summary>
    public static WireGuardPeer? PeerOf(ObservedState observed, string ifname, WireGuardKey key)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return observed.Devices.GetValueOrDefault(ifname)?.Peers.FirstOrDefault(p => p.PublicKey.Equals(key));
    }

    // A null address leaves the endpoint as it is.
    private DesiredPeer Apply(DesiredPeer peer, WireGuardPeer? there, Func<string, IReadOnlyList<IPAddress>> answers)
    {
        if (there?.Endpoint is not { } current || peer.Endpoint is not { } wanted)
        {
            return peer;
        }

        var follows = wanted.Address is not null
            ? FollowsAll
            : (FollowsAll || Answered.Contains(wanted.Host))
              && !answers(wanted.Host).Any(a => DevicePlan.SameEndpoint(new IPEndPoint(a, wanted.Port), current));
        return follows ? peer : peer with { Address = null };
    }
}
