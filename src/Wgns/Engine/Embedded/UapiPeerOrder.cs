using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Wgns.Linux;
using Wgns.WireGuard;
using Wgns.WireGuard.Routing;

namespace Wgns.Engine.Embedded;

/// <summary>The lines about one peer: done when the last of them is known, so that it is never half a peer that begins to talk.</summary>
internal sealed class UapiPeerOrder(ConfiguredDevice configured, PublicKey publicKey)
{
    private readonly List<AllowedIp> _allowedIps = [];
    private byte[]? _presharedKey;
    private IPEndPoint? _endpoint;
    private ushort? _keepalive;
    private bool _removes;
    private bool _updatesOnly;
    private bool _replacesAllowedIps;

    /// <summary>EINVAL for what cannot be read and for what is not known.</summary>
    internal Errno Take(UapiLine line)
    {
        var ok = Encoding.UTF8.GetString(line.Key) switch
        {
            "preshared_key" => TakePresharedKey(line.Value),
            "endpoint" => IPEndPoint.TryParse(Encoding.UTF8.GetString(line.Value), out _endpoint) && _endpoint.Port != 0,
            "persistent_keepalive_interval" => TakeKeepalive(line.Value),
            "allowed_ip" => TakeAllowedIp(Encoding.UTF8.GetString(line.Value)),
            "replace_allowed_ips" => IsTrue(line.Value, out _replacesAllowedIps),
            "remove" => IsTrue(line.Value, out _removes),
            "update_only" => IsTrue(line.Value, out _updatesOnly),
            "protocol_version" => line.Value.SequenceEqual("1"u8),
            _ => false,
        };
        return ok ? Errno.None : Errno.EINVAL;
    }

    internal void Finish()
    {
        var device = configured.Device;
        var known = device.FindPeer(publicKey);
        if (_removes)
        {
            if (known is not null)
            {
                device.RemovePeer(known);
            }
        }
        else if ((_updatesOnly ? known : device.AddPeer(publicKey)) is { } peer)
        {
            Set(device, peer);
        }

        Forget();
    }

    /// <summary>Wipes what it holds of keys; also where an error further down leaves the lines without effect.</summary>
    internal void Forget() => CryptographicOperations.ZeroMemory(_presharedKey);

    private void Set(Device device, Peer peer)
    {
        if (_presharedKey is { } key)
        {
            device.SetPresharedKey(peer, key);
        }

        if (_replacesAllowedIps || _allowedIps.Count > 0)
        {
            device.SetAllowedIps(peer, _allowedIps, _replacesAllowedIps);
        }

        if (_endpoint is { } endpoint)
        {
            var now = Endpoint.From(endpoint);

            // The same again keeps the local address that the peer is answered from.
            if (peer.Endpoint is not { } old || old with { LocalAddress = 0, LocalInterface = 0 } != now)
            {
                device.SetEndpoint(ConfiguredDevice.Now, peer, now, configured.Actions);
            }
        }

        if (_keepalive is { } seconds)
        {
            device.SetPersistentKeepalive(ConfiguredDevice.Now, peer, TimeSpan.FromSeconds(seconds), configured.Actions);
        }
    }

    private bool TakePresharedKey(ReadOnlySpan<byte> hex)
    {
        Forget();
        return UapiDecoding.Key(hex, out _presharedKey);
    }

    private bool TakeKeepalive(ReadOnlySpan<byte> value)
    {
        var ok = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        _keepalive = seconds;
        return ok;
    }

    private bool TakeAllowedIp(string value)
    {
        if (!Cidr.TryParse(value, out var cidr))
        {
            return false;
        }

        _allowedIps.Add(new AllowedIp(cidr.Value.Address, cidr.Value.PrefixLength));
        return true;
    }

    private static bool IsTrue(ReadOnlySpan<byte> value, out bool isTrue) => isTrue = value.SequenceEqual("true"u8);
}
