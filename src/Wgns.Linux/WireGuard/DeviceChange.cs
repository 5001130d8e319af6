using System.Collections.Immutable;
using System.Net;

namespace Wgns.Linux.WireGuard;

/// <summary>What to set on a device; a null leaves what is there. The caller owns, and disposes, the keys.</summary>
/// <param name="PrivateKey">The device's private key.</param>
/// <param name="ListenPort">0 lets the kernel choose.</param>
/// <param name="FirewallMark">0 takes the mark away.</param>
public sealed record DeviceChange(
    SecretKey? PrivateKey,
    ushort? ListenPort,
    uint? FirewallMark,
    ImmutableArray<PeerChange> Peers);

/// <summary>What to do with one peer.</summary>
/// <param name="Remove">Drops the peer; the rest is ignored.</param>
/// <param name="UpdateOnly">WGPEER_F_UPDATE_ONLY: a peer that has gone meanwhile is not made anew.</param>
/// <param name="PresharedKey">All zeros takes the preshared key away.</param>
/// <param name="PersistentKeepalive">Seconds, 0 turns it off.</param>
/// <param name="ReplaceAllowedIps">
/// WGPEER_F_REPLACE_ALLOWEDIPS: <paramref name="AllowedIps"/> is the whole list and not an addition.
/// </param>
public sealed record PeerChange(
    WireGuardKey PublicKey,
    bool Remove,
    bool UpdateOnly,
    SecretKey? PresharedKey,
    IPEndPoint? Endpoint,
    ushort? PersistentKeepalive,
    bool ReplaceAllowedIps,
    ImmutableArray<Cidr> AllowedIps);
