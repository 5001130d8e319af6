using Wgns.Configuration;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Planning;

/// <summary>
/// Keys that are credentials, while their unit runs: those of its start are in force until it is restarted, whatever a reload finds.
/// A key that a device has stays; where it has none, what is found is set.
/// </summary>
internal static class KeptCredentials
{
    internal static DesiredState Apply(DesiredState desired, ObservedState observed) => desired with
    {
        Interfaces = [.. desired.Interfaces.Select(i => i with { Device = Apply(i.Device, observed.Devices.GetValueOrDefault(i.Ifname)) })],
    };

    private static DesiredDevice Apply(DesiredDevice desired, WireGuardDevice? there) => there is null ? desired : desired with
    {
        PublicKey = desired.PrivateKey is KeySource.Credential && there.PublicKey is { } key ? key : desired.PublicKey,
        Peers = [.. desired.Peers.Select(p => Apply(p, there.Peers.FirstOrDefault(t => t.PublicKey.Equals(p.PublicKey))))],
    };

    private static DesiredPeer Apply(DesiredPeer desired, WireGuardPeer? there) =>
        desired.PresharedKey is KeySource.Credential && there?.PresharedKey is { } fingerprint ? desired with { Fingerprint = fingerprint } : desired;
}
