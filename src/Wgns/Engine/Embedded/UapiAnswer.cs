using System.Globalization;
using System.Text.Unicode;
using Wgns.Linux;
using Wgns.WireGuard;

namespace Wgns.Engine.Embedded;

/// <summary>What an engine answers (https://www.wireguard.com/xplatform/).</summary>
internal static class UapiAnswer
{
    private const int KeyLength = 32;

    /// <summary>The whole device, keys and all.</summary>
    internal static void Device(SecretBuffer text, ConfiguredDevice configured)
    {
        if (configured.PrivateKey.IndexOfAnyExcept((byte)0) >= 0)
        {
            Key(text, "private_key="u8, configured.PrivateKey);
        }

        Line(text, $"listen_port={configured.Port}\n");
        if (configured.Mark != 0)
        {
            Line(text, $"fwmark={configured.Mark}\n");
        }

        Span<byte> key = stackalloc byte[KeyLength];
        foreach (var peer in configured.Device.Peers)
        {
            peer.PublicKey.CopyTo(key);
            Key(text, "public_key="u8, key);
            configured.Device.CopyPresharedKey(peer, key);
            Key(text, "preshared_key="u8, key);
            key.Clear();
            Peer(text, peer, configured.Device.AllowedIpsOf(peer));
        }
    }

    /// <summary>The last line of an answer, and the empty one behind it. An error is negative there.</summary>
    internal static void Verdict(SecretBuffer text, Errno errno) => Line(text, $"errno={-errno.Value}\n\n");

    private static void Peer(SecretBuffer text, Peer peer, IReadOnlyList<WireGuard.Routing.AllowedIp> allowed)
    {
        Line(text, $"protocol_version=1\n");
        if (peer.Endpoint is { } endpoint)
        {
            Line(text, $"endpoint={endpoint.ToIPEndPoint()}\n");
        }

        var handshake = peer.LatestHandshake is { } at ? at - DateTimeOffset.UnixEpoch : TimeSpan.Zero;
        Line(text, $"last_handshake_time_sec={handshake.Ticks / TimeSpan.TicksPerSecond}\n");
        Line(text, $"last_handshake_time_nsec={handshake.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick}\n");
        Line(text, $"tx_bytes={peer.SentBytes}\n");
        Line(text, $"rx_bytes={peer.ReceivedBytes}\n");
        Line(text, $"persistent_keepalive_interval={(int)peer.PersistentKeepalive.TotalSeconds}\n");
        foreach (var prefix in allowed)
        {
            Line(text, $"allowed_ip={prefix}\n");
        }
    }

    private static void Key(SecretBuffer text, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key)
    {
        text.Append(name);
        HexText.Encode(key, text.Reserve(key.Length * 2));
        text.Commit(key.Length * 2);
        text.Append("\n"u8);
    }

    /// <summary>Never for a key: what is formatted here leaves strings behind.</summary>
    private static void Line(SecretBuffer text, FormattableString line)
    {
        const int longest = 128;
        Utf8.FromUtf16(line.ToString(CultureInfo.InvariantCulture), text.Reserve(longest), out _, out var written);
        text.Commit(written);
    }
}
