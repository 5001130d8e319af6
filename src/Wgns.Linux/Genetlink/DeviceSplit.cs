using System.Collections.Immutable;
using Wgns.Linux.WireGuard;

namespace Wgns.Linux.Genetlink;

/// <summary>A peer, or a stretch of its allowed IPs, that goes into one message.</summary>
/// <param name="From">Where in the peer's allowed IPs the stretch begins; 0 also for a peer without any.</param>
/// <param name="Count">How many of them.</param>
internal readonly record struct PeerPart(PeerChange Peer, int From, int Count)
{
    /// <summary>The peer has been in an earlier message: only its key and more allowed IPs are to follow.</summary>
    internal bool IsContinuation => From > 0;
}

/// <summary>
/// Deals peers out to messages. An attribute's length has 16 bits and the list of peers is one attribute, so a large
/// device does not fit in one message; linux/wireguard.h asks for several then.
/// </summary>
internal static class DeviceSplit
{
    /// <summary>With at most 40 bytes each, 10 kB.</summary>
    internal const int AllowedIpsPerMessage = 250;

    /// <summary>With at most 136 bytes each besides their allowed IPs, 13.6 kB.</summary>
    internal const int PeersPerMessage = 100;

    /// <summary>At least one message, which may be without peers.</summary>
    internal static List<List<PeerPart>> Of(ImmutableArray<PeerChange> peers)
    {
        List<PeerPart> current = [];
        List<List<PeerPart>> messages = [current];
        var room = AllowedIpsPerMessage;
        foreach (var peer in peers.IsDefault ? [] : peers)
        {
            var from = 0;
            var total = peer.Remove || peer.AllowedIps.IsDefault ? 0 : peer.AllowedIps.Length;
            do
            {
                if (current.Count == PeersPerMessage || (room == 0 && total > from))
                {
                    messages.Add(current = []);
                    room = AllowedIpsPerMessage;
                }

                var count = Math.Min(room, total - from);
                current.Add(new PeerPart(peer, from, count));
                from += count;
                room -= count;
            }
            while (from < total);
        }

        return messages;
    }
}
