using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>What an engine answers (https://www.wireguard.com/xplatform/).</summary>
internal static class UapiAnswer
{
    /// <summary>The whole device, keys and all.</summary>
    internal static void Device(SecretBuffer text, ConfiguredDevice configured)
    {
        if (configured.PrivateKey.IndexOfAnyExcept((byte)0) >= 0)
        {
            text.Key("private_key="u8, configured.PrivateKey);
        }

        text.Line($"listen_port={configured.Port}\n");
        if (configured.Mark != 0)
        {
            text.Line($"fwmark={configured.Mark}\n");
        }

        Span<byte> key = stackalloc byte[WireGuardKey.Length];
        foreach (var peer in configured.Device.Peers)
        {
            peer.PublicKey.CopyTo(key);
            text.Key("public_key="u8, key);
            configured.Device.CopyPresharedKey(peer, key);
            text.Key("preshared_key="u8, key);
            key.Clear();
            Peer(text, peer, configured.Device.AllowedIpsOf(peer));
        }
    }

    /// <summary>The last line of an answer, and the empty one behind it. An error is negative there.</summary>
    internal static void Verdict(SecretBuffer text, Errno errno) => text.Line($"errno={-errno.Value}\n\n");

    private static void Peer(SecretBuffer text, Peer peer, IReadOnlyList<WireGuard.Routing.AllowedIp> allowed)
    {
        text.Line($"protocol_version=1\n");
        if (peer.Endpoint is { } endpoint)
        {
            text.Line($"endpoint={endpoint.ToIPEndPoint()}\n");
        }

        var handshake = peer.LatestHandshake is { } at ? at - DateTimeOffset.UnixEpoch : TimeSpan.Zero;
        text.Line($"last_handshake_time_sec={handshake.Ticks / TimeSpan.TicksPerSecond}\n");
        text.Line($"last_handshake_time_nsec={handshake.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick}\n");
        text.Line($"tx_bytes={peer.SentBytes}\n");
        text.Line($"rx_bytes={peer.ReceivedBytes}\n");
        text.Line($"persistent_keepalive_interval={(int)peer.PersistentKeepalive.TotalSeconds}\n");
        foreach (var prefix in allowed)
        {
            text.Line($"allowed_ip={prefix}\n");
        }
    }
}
