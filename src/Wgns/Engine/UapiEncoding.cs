using System.Globalization;
using System.Text.Unicode;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Engine;

/// <summary>
/// Requests of WireGuard's cross-platform configuration protocol (https://www.wireguard.com/xplatform/): lines of
/// key=value, ended by an empty line. Keys are lower-case hex there and not base64.
/// </summary>
internal static class UapiEncoding
{
    internal static SecretBuffer Get()
    {
        var text = new SecretBuffer(8);
        text.Append("get=1\n\n"u8);
        return text;
    }

    /// <summary>The whole change; never replace_peers, which would end every session.</summary>
    internal static SecretBuffer Set(DeviceChange change)
    {
        var text = new SecretBuffer(1024);
        text.Append("set=1\n"u8);
        if (change.PrivateKey is { } key)
        {
            Key(text, "private_key="u8, key.Span);
        }

        if (change.ListenPort is { } port)
        {
            Line(text, $"listen_port={port}\n");
        }

        if (change.FirewallMark is { } mark)
        {
            Line(text, $"fwmark={mark}\n");
        }

        foreach (var peer in change.Peers.IsDefault ? [] : change.Peers)
        {
            Peer(text, peer);
        }

        text.Append("\n"u8);
        return text;
    }

    private static void Peer(SecretBuffer text, PeerChange peer)
    {
        // What a peer is about stands first: engines act line by line, and update_only must come before anything
        // that would make the peer.
        Key(text, "public_key="u8, peer.PublicKey.Span);
        if (peer.Remove)
        {
            text.Append("remove=true\n"u8);
            return;
        }

        if (peer.UpdateOnly)
        {
            text.Append("update_only=true\n"u8);
        }

        if (peer.PresharedKey is { } key)
        {
            Key(text, "preshared_key="u8, key.Span);
        }

        if (peer.Endpoint is { } endpoint)
        {
            Line(text, $"endpoint={endpoint}\n");
        }

        if (peer.PersistentKeepalive is { } seconds)
        {
            Line(text, $"persistent_keepalive_interval={seconds}\n");
        }

        if (peer.ReplaceAllowedIps)
        {
            text.Append("replace_allowed_ips=true\n"u8);
        }

        foreach (var cidr in peer.AllowedIps.IsDefault ? [] : peer.AllowedIps)
        {
            Line(text, $"allowed_ip={cidr}\n");
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
        var formatted = line.ToString(CultureInfo.InvariantCulture);
        Utf8.FromUtf16(formatted, text.Reserve(longest), out _, out var written);
        text.Commit(written);
    }
}
