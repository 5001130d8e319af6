using System.Net;
using Wgns.Linux.Netlink;
using Wgns.Linux.Sockets;
using Wgns.Linux.WireGuard;

namespace Wgns.Linux.Genetlink;

/// <summary>WireGuard's requests, as the comment in linux/wireguard.h lays them out.</summary>
internal static class DeviceEncoding
{
    internal static MessageWriter Get(Family family, string ifname) =>
        Message(family, Wg.WG_CMD_GET_DEVICE, ifname);

    /// <summary>One of the messages of a change. Never WGDEVICE_F_REPLACE_PEERS: it would end every session.</summary>
    /// <param name="change">Its keys and numbers go into the first message; null in those that follow.</param>
    internal static MessageWriter Set(Family family, string ifname, DeviceChange? change, List<PeerPart> peers)
    {
        var writer = Message(family, Wg.WG_CMD_SET_DEVICE, ifname);
        if (change?.PrivateKey is { } key)
        {
            writer.Bytes(Wg.WGDEVICE_A_PRIVATE_KEY, key.Span);
        }

        if (change?.ListenPort is { } port)
        {
            writer.U16(Wg.WGDEVICE_A_LISTEN_PORT, port);
        }

        if (change?.FirewallMark is { } mark)
        {
            writer.U32(Wg.WGDEVICE_A_FWMARK, mark);
        }

        if (peers.Count == 0)
        {
            return writer;
        }

        using (writer.Nest(Wg.WGDEVICE_A_PEERS))
        {
            foreach (var part in peers)
            {
                using (writer.Nest(0))
                {
                    Peer(writer, part);
                }
            }
        }

        return writer;
    }

    private static MessageWriter Message(Family family, byte command, string ifname) =>
        new MessageWriter(family.Id)
            .Struct(new GenlMsgHdr { cmd = command, version = Wg.WG_GENL_VERSION })
            .Text(Wg.WGDEVICE_A_IFNAME, ifname);

    private static void Peer(MessageWriter writer, PeerPart part)
    {
        var peer = part.Peer;
        writer.Bytes(Wg.WGPEER_A_PUBLIC_KEY, peer.PublicKey.Span);
        if (Flags(part) is var flags and not 0)
        {
            writer.U32(Wg.WGPEER_A_FLAGS, flags);
        }

        if (peer.Remove)
        {
            return;
        }

        if (!part.IsContinuation)
        {
            Settings(writer, peer);
        }

        if (part.Count == 0)
        {
            return;
        }

        using (writer.Nest(Wg.WGPEER_A_ALLOWEDIPS))
        {
            foreach (var cidr in peer.AllowedIps.AsSpan().Slice(part.From, part.Count))
            {
                AllowedIp(writer, cidr);
            }
        }
    }

    private static uint Flags(PeerPart part)
    {
        if (part.Peer.Remove)
        {
            return Wg.WGPEER_F_REMOVE_ME;
        }

        if (part.IsContinuation)
        {
            // The first part has made the peer. If somebody removed it since, half of it must not come back.
            return Wg.WGPEER_F_UPDATE_ONLY;
        }

        return (part.Peer.UpdateOnly ? Wg.WGPEER_F_UPDATE_ONLY : 0)
            | (part.Peer.ReplaceAllowedIps ? Wg.WGPEER_F_REPLACE_ALLOWEDIPS : 0);
    }

    private static void Settings(MessageWriter writer, PeerChange peer)
    {
        if (peer.PresharedKey is { } key)
        {
            writer.Bytes(Wg.WGPEER_A_PRESHARED_KEY, key.Span);
        }

        if (peer.Endpoint is { } endpoint)
        {
            Endpoint(writer, endpoint);
        }

        if (peer.PersistentKeepalive is { } seconds)
        {
            writer.U16(Wg.WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, seconds);
        }
    }

    private static void Endpoint(MessageWriter writer, IPEndPoint endpoint)
    {
        Span<byte> name = stackalloc byte[SockAddr.MaxLength];
        writer.Bytes(Wg.WGPEER_A_ENDPOINT, name[..SockAddr.Write(name, Wgns.WireGuard.Endpoint.From(endpoint))]);
    }

    private static void AllowedIp(MessageWriter writer, Cidr cidr)
    {
        Span<byte> address = stackalloc byte[16];
        cidr.Address.TryWriteBytes(address, out var length);
        using (writer.Nest(0))
        {
            writer.U16(Wg.WGALLOWEDIP_A_FAMILY, (ushort)(cidr.IsIPv6 ? Libc.AF_INET6 : Libc.AF_INET))
                .Bytes(Wg.WGALLOWEDIP_A_IPADDR, address[..length])
                .U8(Wg.WGALLOWEDIP_A_CIDR_MASK, (byte)cidr.PrefixLength);
        }
    }
}
