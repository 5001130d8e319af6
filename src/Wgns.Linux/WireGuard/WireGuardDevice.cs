using System.Collections.Immutable;
using System.Net;

namespace Wgns.Linux.WireGuard;

/// <summary>A WireGuard device as its engine reports it, without a secret in it.</summary>
/// <param name="PublicKey">Null while the device has no private key.</param>
/// <param name="ListenPort">The UDP port in use; 0 while none is bound.</param>
/// <param name="FirewallMark">SO_MARK of the outgoing packets; 0 is none.</param>
public sealed record WireGuardDevice(
    WireGuardKey? PublicKey,
    ushort ListenPort,
    uint FirewallMark,
    ImmutableArray<WireGuardPeer> Peers);

/// <summary>A peer of a device as its engine reports it.</summary>
/// <param name="PresharedKey">Fingerprint of the preshared key, null where there is none.</param>
/// <param name="Endpoint">Where packets to the peer go now; null while unknown.</param>
/// <param name="PersistentKeepalive">Seconds, 0 is off.</param>
/// <param name="LatestHandshake">Null before the first.</param>
/// <param name="TransferRx">Bytes received.</param>
/// <param name="TransferTx">Bytes sent.</param>
public sealed record WireGuardPeer(
    WireGuardKey PublicKey,
    KeyFingerprint? PresharedKey,
    IPEndPoint? Endpoint,
    ushort PersistentKeepalive,
    DateTimeOffset? LatestHandshake,
    ulong TransferRx,
    ulong TransferTx,
    ImmutableArray<Cidr> AllowedIps);
