namespace Wgns.Configuration;

/// <summary>What of a [[publish]] goes with what.</summary>
internal static class PublishRules
{
    /// <param name="connect">Null where there is none, or none that can be read.</param>
    internal static void Check(TableReader table, StreamAddress listen, StreamAddress? connect, PublishFrom from, PublishProtocol protocol, bool saysWho)
    {
        if (from == PublishFrom.Tunnel)
        {
            CheckTunnel(table, protocol, saysWho);
            return;
        }

        CheckProtocol(table, listen, connect, protocol, saysWho);
        var isOfThisMachine = listen.IsOfThisMachine;
        if (from == PublishFrom.Host && !isOfThisMachine)
        {
            table.Error(
                table.SpanOf("listen"),
                $"{listen} is not of the host alone, and from is \"host\"",
                $"listen on 127.0.0.1:{listen.EndPoint!.Port}, or say from = \"lan\"");
        }
        else if (from == PublishFrom.Lan && isOfThisMachine)
        {
            table.Error(
                table.SpanOf("listen"),
                $"{listen} is of the host alone, and from is \"lan\"",
                listen.EndPoint is { } end
                    ? $"name the host's address in the LAN, or \"0.0.0.0:{end.Port}\" or \"[::]:{end.Port}\" for every one"
                    : "a path has no network: say from = \"host\"");
        }
    }

    /// <summary>What the kernel carries is a port of the LAN's, unread.</summary>
    internal static void CheckLink(TableReader table, PublishFrom from, PublishProtocol protocol, bool saysWho)
    {
        var span = table.SpanOf("via");
        if (from != PublishFrom.Lan)
        {
            table.Error(
                span,
                $"via is \"link\", and from is {(from == PublishFrom.Host ? "\"host\"" : "\"tunnel\"")}",
                "by the host link comes what is from = \"lan\"; leave via out");
        }

        if (protocol == PublishProtocol.Unix)
        {
            table.Error(span, "via is \"link\", and protocol is \"unix\"", "\"tcp\" or \"udp\" go by a link; leave via out for a path");
        }

        if (saysWho)
        {
            table.Error(table.SpanOf("proxyProtocol"), "proxyProtocol is of a proxy, and via = \"link\" has none", "leave one of the two out");
        }

        if (table.Has("idle"))
        {
            table.Error(table.KeySpanOf("idle"), "idle is of a proxy, and via = \"link\" has none", "leave it out");
        }

        if (table.PortOrString("connect") is var (text, connect) && !text.All(char.IsAsciiDigit))
        {
            table.Error(connect, $"connect is \"{text}\", and via is \"link\"", "write the port alone: the link leads to its nsAddresses, where the service has to listen");
        }
    }

    /// <summary>What of it goes with the namespace's host link.</summary>
    internal static void CheckBeside(NamespaceConfig config, TableReader owner)
    {
        foreach (var publish in config.Publish.Where(p => p is { Via: PublishVia.Link, From: PublishFrom.Lan } && p.Listen.EndPoint is not null))
        {
            var v6 = publish.Listen.EndPoint!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
            if (config.HostLink is not { } link)
            {
                owner.Error(
                    owner.SpanOf("publish"),
                    $"{publish.Listen} is published via the link, and there is no hostLink",
                    "add [hostLink] with enable = true, or leave via out");
            }
            else if (link.HostAddresses.IsEmpty ? v6 : !link.HostAddresses.Any(a => a.IsIPv6 == v6 && !a.Address.IsIPv6LinkLocal))
            {
                var like = v6 ? "\"fd42:7::1/126\" and \"fd42:7::2/126\"" : "\"10.200.0.1/30\" and \"10.200.0.2/30\"";
                owner.Error(
                    owner.SpanOf("publish"),
                    $"{publish.Listen} is published via the link, and the hostLink has no {(v6 ? "IPv6" : "IPv4")} address",
                    $"add one to hostAddresses and to nsAddresses, like {like}, or leave via out");
            }
        }
    }

    private static void CheckProtocol(TableReader table, StreamAddress listen, StreamAddress? connect, PublishProtocol protocol, bool saysWho)
    {
        if (listen.Path is not null && protocol != PublishProtocol.Unix)
        {
            table.Error(table.SpanOf("protocol"), $"listen is a path, and protocol is {Word(protocol)}", "a path is protocol = \"unix\", which need not be said");
        }
        else if (listen.Path is null && protocol == PublishProtocol.Unix)
        {
            table.Error(table.SpanOf("protocol"), "protocol is \"unix\", and listen is no path", "listen on a path, like \"/run/web.sock\", or leave protocol out");
        }
        else if (protocol == PublishProtocol.Udp && connect?.Path is not null)
        {
            table.Error(table.SpanOf("connect"), "protocol is \"udp\", and connect is a path", "UDP goes to a port: name one");
        }

        if (protocol == PublishProtocol.Udp && saysWho)
        {
            table.Error(table.SpanOf("proxyProtocol"), "proxyProtocol is one of connections, and protocol is \"udp\"", "leave it out");
        }
    }

    private static void CheckTunnel(TableReader table, PublishProtocol protocol, bool saysWho)
    {
        const string noProxy = "what comes by the tunnel comes to the service itself, on that port";
        if (table.PortOrString("listen") is var (text, span) && !text.All(char.IsAsciiDigit))
        {
            table.Error(span, $"listen is \"{text}\", and from is \"tunnel\"", "write the port alone, like 51413: the one that the provider forwards");
        }

        if (protocol == PublishProtocol.Unix && table.Has("protocol"))
        {
            table.Error(table.SpanOf("protocol"), "protocol is \"unix\", and from is \"tunnel\"", "\"tcp\" or \"udp\" come by a tunnel");
        }

        foreach (var key in (string[])["connect", "idle", "proxyProtocol"])
        {
            if (key == "proxyProtocol" ? saysWho : table.Has(key))
            {
                table.Error(table.KeySpanOf(key), $"{key} is of a proxy, and from = \"tunnel\" has none", $"leave it out: {noProxy}");
            }
        }
    }

    private static string Word(PublishProtocol protocol) => protocol == PublishProtocol.Tcp ? "\"tcp\"" : "\"udp\"";
}
