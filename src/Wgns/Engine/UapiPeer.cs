using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.WireGuard;

namespace Wgns.Engine;

/// <summary>A peer while its lines are read.</summary>
internal sealed class UapiPeer(WireGuardKey publicKey)
{
    private readonly ImmutableArray<Cidr>.Builder _allowedIps = ImmutableArray.CreateBuilder<Cidr>();
    private KeyFingerprint? _presharedKey;
    private IPEndPoint? _endpoint;
    private ushort _keepalive;
    private long _handshakeSeconds;
    private long _handshakeNanoseconds;
    private ulong _received;
    private ulong _sent;

    /// <summary>False where the value cannot be read; true for a key that is not known.</summary>
    internal bool TryRead(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        switch (Encoding.UTF8.GetString(key))
        {
            case "preshared_key":
                return PresharedKey(value);
            case "endpoint":
                return Endpoint(Encoding.UTF8.GetString(value));
            case "allowed_ip":
                return AllowedIp(Encoding.UTF8.GetString(value));
            case "persistent_keepalive_interval":
                return ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _keepalive);
            case "rx_bytes":
                return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _received);
            case "tx_bytes":
                return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _sent);
            case "last_handshake_time_sec":
                return Number(value, DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 1, out _handshakeSeconds);
            case "last_handshake_time_nsec":
                return Number(value, 999_999_999, out _handshakeNanoseconds);
            default:
                return true;
        }
    }

    internal WireGuardPeer ToPeer() => new(
        publicKey, _presharedKey, _endpoint, _keepalive, Handshake(), _received, _sent, _allowedIps.ToImmutable());

    private DateTimeOffset? Handshake() => _handshakeSeconds == 0 && _handshakeNanoseconds == 0
        ? null
        : DateTimeOffset.FromUnixTimeSeconds(_handshakeSeconds).AddTicks(_handshakeNanoseconds / 100);

    private bool PresharedKey(ReadOnlySpan<byte> value)
    {
        var ok = UapiDecoding.Key(value, out var bytes);
        // All zeros is how engines say that there is none.
        _presharedKey = ok && bytes.AsSpan().ContainsAnyExcept((byte)0) ? KeyFingerprint.Of(bytes) : null;
        CryptographicOperations.ZeroMemory(bytes);
        return ok;
    }

    private bool Endpoint(string value)
    {
        if (IPEndPoint.TryParse(value, out _endpoint))
        {
            return true;
        }

        // The zone of a link-local address may be the name of a link that is not in this netns.
        var zone = value.IndexOf('%', StringComparison.Ordinal);
        var end = value.IndexOf(']', StringComparison.Ordinal);
        return zone >= 0 && end > zone && IPEndPoint.TryParse(value.Remove(zone, end - zone), out _endpoint);
    }

    private bool AllowedIp(string value)
    {
        if (!Cidr.TryParse(value, out var cidr))
        {
            return false;
        }

        _allowedIps.Add(cidr.Value);
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> value, long most, out long number) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
}
