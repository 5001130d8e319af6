using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wgns.Linux.Netlink;
using Wgns.Linux.Sockets;
using Wgns.Linux.WireGuard;

namespace Wgns.Linux.Genetlink;

/// <summary>One peer out of its nested attributes; a continuation of it is read by the same instance.</summary>
internal sealed class PeerDecoding
{
    private readonly ImmutableArray<Cidr>.Builder _allowedIps = ImmutableArray.CreateBuilder<Cidr>();
    private KeyFingerprint? _presharedKey;
    private IPEndPoint? _endpoint;
    private ushort _keepalive;
    private DateTimeOffset? _handshake;
    private ulong _received;
    private ulong _sent;

    internal PeerDecoding(WireGuardKey publicKey) => PublicKey = publicKey;

    internal WireGuardKey PublicKey { get; }

    /// <summary>Null where there is no key of the right length: such a peer cannot be told from others.</summary>
    internal static WireGuardKey? KeyOf(AttributeReader peer)
    {
        foreach (var attribute in peer)
        {
            if (attribute.Type == Wg.WGPEER_A_PUBLIC_KEY && attribute.Value.Length == Wg.WG_KEY_LEN)
            {
                return new WireGuardKey(attribute.Value);
            }
        }

        return null;
    }

    internal void Read(AttributeReader peer)
    {
        foreach (var attribute in peer)
        {
            switch (attribute.Type)
            {
                case Wg.WGPEER_A_PRESHARED_KEY when attribute.Value.Length == Wg.WG_KEY_LEN:
                    // The kernel always sends one; all zeros is none.
                    _presharedKey = attribute.Value.ContainsAnyExcept((byte)0) ? KeyFingerprint.Of(attribute.Value) : null;
                    break;
                case Wg.WGPEER_A_ENDPOINT:
                    _endpoint = SockAddr.TryRead(attribute.Value)?.ToIPEndPoint() ?? _endpoint;
                    break;
                case Wg.WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
                    _keepalive = attribute.U16 ?? _keepalive;
                    break;
                case Wg.WGPEER_A_LAST_HANDSHAKE_TIME:
                    _handshake = Time(attribute.Value) ?? _handshake;
                    break;
                case Wg.WGPEER_A_RX_BYTES:
                    _received = attribute.U64 ?? _received;
                    break;
                case Wg.WGPEER_A_TX_BYTES:
                    _sent = attribute.U64 ?? _sent;
                    break;
                case Wg.WGPEER_A_ALLOWEDIPS:
                    ReadAllowedIps(attribute.Nested);
                    break;
            }
        }
    }

    internal WireGuardPeer ToPeer() => new(
        PublicKey, _presharedKey, _endpoint, _keepalive, _handshake, _received, _sent, _allowedIps.ToImmutable());

    private void ReadAllowedIps(AttributeReader list)
    {
        foreach (var entry in list)
        {
            IPAddress? address = null;
            byte? length = null;
            foreach (var attribute in entry.Nested)
            {
                switch (attribute.Type)
                {
                    case Wg.WGALLOWEDIP_A_IPADDR:
                        address = attribute.Address;
                        break;
                    case Wg.WGALLOWEDIP_A_CIDR_MASK:
                        length = attribute.U8;
                        break;
                }
            }

            // The address's size says its family; WGALLOWEDIP_A_FAMILY repeats it.
            if (address is not null && length <= address.GetAddressBytes().Length * 8)
            {
                _allowedIps.Add(new Cidr(address, length.Value));
            }
        }
    }

    /// <summary>Null for 0, which is "never", and for what is no time of this calendar.</summary>
    private static DateTimeOffset? Time(ReadOnlySpan<byte> value)
    {
        if (value.Length != Unsafe.SizeOf<KernelTimespec>())
        {
            return null;
        }

        var time = MemoryMarshal.Read<KernelTimespec>(value);
        var never = time.tv_sec <= 0 && time.tv_nsec <= 0;
        var possible = time.tv_sec is >= 0 and < 253_402_300_799 && time.tv_nsec is >= 0 and < 1_000_000_000;
        return never || !possible ? null : DateTimeOffset.FromUnixTimeSeconds(time.tv_sec).AddTicks(time.tv_nsec / 100);
    }
}
