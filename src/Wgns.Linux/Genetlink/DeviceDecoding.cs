using Wgns.Linux.Netlink;
using Wgns.Linux.WireGuard;

namespace Wgns.Linux.Genetlink;

/// <summary>
/// A dump of one device as a value. A peer whose allowed IPs did not fit goes on in the next message with its key and
/// the rest of them, and peers that did not fit follow in messages of their own: all of it is put together again.
/// </summary>
internal static class DeviceDecoding
{
    /// <summary>Null where the dump has no message of the family.</summary>
    internal static WireGuardDevice? Decode(NetlinkReply dump, Family family)
    {
        WireGuardKey? publicKey = null;
        ushort port = 0;
        uint mark = 0;
        List<PeerDecoding> peers = [];
        var any = false;
        foreach (var message in dump)
        {
            if (message.Type != family.Id || message.Header<GenlMsgHdr>().cmd != Wg.WG_CMD_GET_DEVICE)
            {
                continue;
            }

            any = true;
            foreach (var attribute in message.AttributesAfter<GenlMsgHdr>())
            {
                switch (attribute.Type)
                {
                    case Wg.WGDEVICE_A_PUBLIC_KEY when attribute.Value.Length == Wg.WG_KEY_LEN:
                        publicKey = new WireGuardKey(attribute.Value);
                        break;
                    case Wg.WGDEVICE_A_LISTEN_PORT:
                        port = attribute.U16 ?? port;
                        break;
                    case Wg.WGDEVICE_A_FWMARK:
                        mark = attribute.U32 ?? mark;
                        break;
                    case Wg.WGDEVICE_A_PEERS:
                        ReadPeers(attribute.Nested, peers);
                        break;
                }
            }
        }

        return any ? new WireGuardDevice(publicKey, port, mark, [.. peers.Select(p => p.ToPeer())]) : null;
    }

    private static void ReadPeers(AttributeReader list, List<PeerDecoding> peers)
    {
        foreach (var entry in list)
        {
            if (PeerDecoding.KeyOf(entry.Nested) is not { } key)
            {
                continue;
            }

            if (peers.Count == 0 || !peers[^1].PublicKey.Equals(key))
            {
                peers.Add(new PeerDecoding(key));
            }

            peers[^1].Read(entry.Nested);
        }
    }
}
