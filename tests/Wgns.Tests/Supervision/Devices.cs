using System.Collections.Immutable;
using System.Net;
using Wgns.Linux.WireGuard;
using Wgns.Observation;

namespace Wgns.Tests.Supervision;

/// <summary>Observed devices for the tests of supervision.</summary>
internal static class Devices
{
    internal static readonly WireGuardKey Key = KeyOf(1);

    internal static WireGuardKey KeyOf(byte number) => new([.. Enumerable.Repeat(number, 32)]);

    internal static WireGuardPeer Peer(
        string? endpoint = null, DateTimeOffset? handshake = null, ulong rx = 0, ulong tx = 0, WireGuardKey? key = null, ushort keepalive = 0) =>
        new(key ?? Key, null, endpoint is null ? null : IPEndPoint.Parse(endpoint), keepalive, handshake, rx, tx, []);

    internal static ObservedState With(params WireGuardPeer[] peers) => new()
    {
        Name = "vpn",
        Netns = NetnsPresence.Present,
        Devices = ImmutableDictionary<string, WireGuardDevice>.Empty.Add("vpn", new WireGuardDevice(KeyOf(9), 51820, 0, [.. peers])),
    };
}
