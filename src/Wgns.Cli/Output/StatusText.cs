using System.Globalization;
using Wgns.Status;

namespace Wgns.Cli.Output;

/// <summary>Status as `wg show` words it, with what wgns knows besides.</summary>
internal static class StatusText
{
    internal static void Write(IReadOnlyCollection<NamespaceStatus> namespaces, DateTimeOffset now)
    {
        if (namespaces.Count == 0)
        {
            Terminal.Out.WriteLine("no namespace is up");
        }

        var isFirst = true;
        foreach (var item in namespaces)
        {
            if (!isFirst)
            {
                Terminal.Out.WriteLine();
            }

            isFirst = false;
            Write(item, now);
        }
    }

    private static void Write(NamespaceStatus item, DateTimeOffset now)
    {
        var color = Terminal.OutHasColor;
        var state = Terminal.Paint(item.State, item.State == "up" ? "32" : "33", color);
        Terminal.Out.WriteLine($"{Terminal.Paint("namespace", "32;1", color)}: {Terminal.Paint(item.Name, "32", color)} ({state})");
        if (item.Config.Length > 0)
        {
            Line("config", item.Config);
        }

        Line("network namespace", item.Netns is null ? "missing" : $"{item.Netns} (net:[{item.Inode}])");
        if (item.Holder is { } holder)
        {
            Line("held by", holder);
        }

        if (!item.Managed)
        {
            Line("made by", "somebody else (managed = false)");
            Line("other links", item.OtherLinks.IsEmpty ? "none" : $"{string.Join(", ", item.OtherLinks)}: not wgns's");
        }

        Line("dns files", item.Dns ? "as written" : "not as they should be");
        Line("firewall", item.Ruleset ? "as loaded" : "not as it should be");
        if (item.HostLink is { } link)
        {
            Line("host link", link.Present
                ? $"{link.HostInterface} {string.Join(", ", link.HostAddresses)} - {link.NsInterface} {string.Join(", ", link.NsAddresses)}"
                : $"{link.HostInterface} - {link.NsInterface}, missing");
            if (!link.Forwarding.IsEmpty)
            {
                Line("forwarding", string.Join(", ", link.Forwarding));
            }
        }

        if (!item.Processes.IsEmpty)
        {
            Line("processes", string.Join(", ", item.Processes.Take(8).Select(p => $"{p.Comm} ({p.Pid})")) + (item.Processes.Length > 8 ? ", …" : string.Empty));
        }

        if (!item.Units.IsEmpty)
        {
            Line("units", string.Join(", ", item.Units.Select(u => $"{u.Unit} ({u.State})")));
        }

        // Of one that a user keeps nobody can say `up`.
        var cure = Environment.IsPrivilegedProcess && Rootless.Surroundings.OwnRoot is null ? "wgns up" : $"wgns reload {item.Name}";
        foreach (var drift in item.Drift)
        {
            Line(Terminal.Paint("drift", "33", color), $"`{cure}` would {drift}");
        }

        foreach (var obstacle in item.Obstacles)
        {
            Line(Terminal.Paint("in the way", "33", color), obstacle);
        }

        foreach (var tunnel in item.Interfaces)
        {
            Write(tunnel, now);
        }
    }

    private static void Write(InterfaceStatus link, DateTimeOffset now)
    {
        var color = Terminal.OutHasColor;
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"{Terminal.Paint("interface", "32;1", color)}: {Terminal.Paint(link.Name, "32", color)}");
        var engine = link.Engine == "kernel" ? "kernel"
            : link.EnginePid == 0 ? $"{link.Engine}, not running or not answering"
            : $"{link.Engine}, pid {link.EnginePid}";
        Line("engine", engine);
        if (!link.Present)
        {
            Line("state", "missing: nothing gets out");
            return;
        }

        Line("state", link.Up ? "up" : "down");
        if (link.Birthplace is { } birthplace)
        {
            Line("born in", birthplace);
        }

        Line("public key", link.PublicKey ?? "(none)");
        Line("listening port", link.ListenPort.ToString(CultureInfo.InvariantCulture));
        if (link.FwMark != 0)
        {
            Line("fwmark", $"0x{link.FwMark:x}");
        }

        Line("mtu", $"{link.Mtu} bytes");
        Line("addresses", link.Addresses.IsEmpty ? "(none)" : string.Join(", ", link.Addresses));
        foreach (var peer in link.Peers)
        {
            Write(peer, now);
        }
    }

    private static void Write(PeerStatus peer, DateTimeOffset now)
    {
        var color = Terminal.OutHasColor;
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"{Terminal.Paint("peer", "33;1", color)}: {Terminal.Paint(peer.PublicKey, "33", color)}");
        if (peer.PresharedKey)
        {
            Line("preshared key", "(hidden)");
        }

        Line("endpoint", peer.Endpoint ?? "(none)");
        Line("allowed ips", peer.AllowedIps.IsEmpty ? "(none)" : string.Join(", ", peer.AllowedIps));
        Line("latest handshake", peer.LatestHandshake is { } at ? Words.Ago(now - DateTimeOffset.FromUnixTimeSeconds(at)) : Missing(peer));
        Line("transfer", $"{Words.Bytes(peer.TransferRx)} received, {Words.Bytes(peer.TransferTx)} sent");
        if (peer.PersistentKeepalive != 0)
        {
            Line("persistent keepalive", $"every {Words.Duration(TimeSpan.FromSeconds(peer.PersistentKeepalive))}");
        }
    }

    /// <summary>WireGuard shakes hands when there is something to send, and not before.</summary>
    private static string Missing(PeerStatus peer) =>
        peer.Endpoint is null ? "none yet: it is the peer's to begin, whose endpoint is not known"
        : peer.TransferTx == 0 ? "none yet: nothing has been sent, and the first packet asks for it"
        : "none yet: the peer has not answered";

    private static void Line(string name, string value) =>
        Terminal.Out.WriteLine($"  {Terminal.Paint(name, "1", Terminal.OutHasColor)}: {value}");
}
