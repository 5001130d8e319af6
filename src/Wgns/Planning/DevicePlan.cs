using System.Collections.Immutable;
using System.Net;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Planning;

/// <summary>The difference between two WireGuard devices, never dropping a peer that stays.</summary>
internal static class DevicePlan
{
    /// <summary>Everything, for a device that was just made.</summary>
    internal static DevicePatch All(DesiredDevice device) => new(
        device.PrivateKey,
        device.ListenPort,
        device.FirewallMark == 0 ? null : device.FirewallMark,
        [.. device.Peers.Select(New)]);

    internal static DevicePatch Difference(DesiredDevice desired, WireGuardDevice observed)
    {
        var there = observed.Peers.ToDictionary(p => p.PublicKey);
        var wanted = desired.Peers.Select(p => p.PublicKey).ToHashSet();
        var peers = ImmutableArray.CreateBuilder<PeerPatch>();
        peers.AddRange(observed.Peers
            .Where(p => !wanted.Contains(p.PublicKey))
            .Select(p => new PeerPatch(p.PublicKey, Remove: true)));
        foreach (var peer in desired.Peers)
        {
            var patch = there.TryGetValue(peer.PublicKey, out var old) ? Changed(peer, old) : New(peer);
            if (patch is not null)
            {
                peers.Add(patch);
            }
        }

        return new DevicePatch(
            desired.PublicKey.Equals(observed.PublicKey) ? null : desired.PrivateKey,
            desired.ListenPort == observed.ListenPort ? null : desired.ListenPort,
            desired.FirewallMark == observed.FirewallMark ? null : desired.FirewallMark,
            peers.ToImmutable());
    }

    /// <summary>
    /// What takes <paramref name="patch"/> back. Secret keys are not kept anywhere, so a changed one stays changed;
    /// the rest is restored, and peers that were added go.
    /// </summary>
    internal static DevicePatch Reverse(DevicePatch patch, WireGuardDevice observed)
    {
        var there = observed.Peers.ToDictionary(p => p.PublicKey);
        return new DevicePatch(
            null,
            patch.ListenPort is null ? null : observed.ListenPort,
            patch.FirewallMark is null ? null : observed.FirewallMark,
            [.. patch.Peers.Select(p => there.TryGetValue(p.PublicKey, out var old)
                ? Restored(p, old)
                : new PeerPatch(p.PublicKey, Remove: true))]);
    }

    /// <summary>Whether a secret key that the device has is overwritten or goes with its peer, and so is nowhere any more.</summary>
    internal static bool LosesKeys(DevicePatch patch, WireGuardDevice observed)
    {
        var secret = observed.Peers.Where(p => p.PresharedKey is not null).Select(p => p.PublicKey).ToHashSet();
        return patch.PrivateKey is not null
            || patch.Peers.Any(p => (p.Remove || p.ClearPresharedKey || p.PresharedKey is not null) && secret.Contains(p.PublicKey));
    }

    private static PeerPatch New(DesiredPeer peer) => new(
        peer.PublicKey,
        IsNew: true,
        PresharedKey: peer.PresharedKey,
        Endpoint: peer.Address,
        EndpointName: peer.Endpoint,
        PersistentKeepalive: peer.PersistentKeepalive == 0 ? null : peer.PersistentKeepalive,
        AllowedIps: peer.AllowedIps);

    private static PeerPatch? Changed(DesiredPeer peer, WireGuardPeer old)
    {
        var samePsk = peer.Fingerprint == old.PresharedKey;
        var moved = peer.Address is not null && !SameEndpoint(peer.Address, old.Endpoint);
        var sameKeepalive = peer.PersistentKeepalive == old.PersistentKeepalive;
        var sameIps = peer.AllowedIps.ToHashSet().SetEquals(old.AllowedIps);
        return samePsk && !moved && sameKeepalive && sameIps
            ? null
            : new PeerPatch(
                peer.PublicKey,
                PresharedKey: samePsk ? null : peer.PresharedKey,
                ClearPresharedKey: !samePsk && peer.PresharedKey is null,
                Endpoint: moved ? peer.Address : null,
                EndpointName: moved ? peer.Endpoint : null,
                PersistentKeepalive: sameKeepalive ? null : peer.PersistentKeepalive,
                AllowedIps: sameIps ? null : peer.AllowedIps);
    }

    private static PeerPatch Restored(PeerPatch patch, WireGuardPeer old) => new(
        old.PublicKey,
        IsNew: patch.Remove,
        ClearPresharedKey: patch.PresharedKey is not null && old.PresharedKey is null,
        Endpoint: patch.Remove || patch.Endpoint is not null ? old.Endpoint : null,
        PersistentKeepalive: patch.Remove || patch.PersistentKeepalive is not null ? old.PersistentKeepalive : null,
        AllowedIps: patch.Remove || patch.AllowedIps is not null ? old.AllowedIps : (ImmutableArray<Cidr>?)null);

    /// <summary>Whether they are one: a device with an IPv6 socket may report an IPv4 peer as ::ffff:1.2.3.4.</summary>
    internal static bool SameEndpoint(IPEndPoint a, IPEndPoint? b) =>
        b is not null && a.Port == b.Port && Unmapped(a.Address).Equals(Unmapped(b.Address));

    private static IPAddress Unmapped(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
