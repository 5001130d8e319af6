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
            text.Key("private_key="u8, key.Span);
        }

        if (change.ListenPort is { } port)
        {
            text.Line($"listen_port={port}\n");
        }

        if (change.FirewallMark is { } mark)
        {
            text.Line($"fwmark={mark}\n");
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
        text.Key("public_key="u8, peer.PublicKey.Span);
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
            text.Key("preshared_key="u8, key.Span);
        }

        if (peer.Endpoint is { } endpoint)
        {
            text.Line($"endpoint={endpoint}\n");
        }

        if (peer.PersistentKeepalive is { } seconds)
        {
            text.Line($"persistent_keepalive_interval={seconds}\n");
        }

        if (peer.ReplaceAllowedIps)
        {
            text.Append("replace_allowed_ips=true\n"u8);
        }

        foreach (var cidr in peer.AllowedIps.IsDefault ? [] : peer.AllowedIps)
        {
            text.Line($"allowed_ip={cidr}\n");
        }
    }
}
