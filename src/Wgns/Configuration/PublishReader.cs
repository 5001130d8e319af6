using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Wgns.Diagnostics;

namespace Wgns.Configuration;

/// <summary>Reads the [[publish]] of a namespace.</summary>
internal static class PublishReader
{
    /// <summary>Seconds: long enough for a page that asks again every minute or two.</summary>
    internal const int DefaultIdle = 300;

    private const string Example = "like 8112, \"0.0.0.0:8112\", \"[::1]:8112\" or \"/run/web.sock\"";

    private static readonly Dictionary<string, PublishProtocol> Protocols = new()
    {
        ["tcp"] = PublishProtocol.Tcp,
        ["udp"] = PublishProtocol.Udp,
        ["unix"] = PublishProtocol.Unix,
    };

    private static readonly Dictionary<string, PublishFrom> Froms = new()
    {
        ["host"] = PublishFrom.Host,
        ["lan"] = PublishFrom.Lan,
        ["tunnel"] = PublishFrom.Tunnel,
    };

    private static readonly Dictionary<string, PublishVia> Vias = new()
    {
        ["proxy"] = PublishVia.Proxy,
        ["link"] = PublishVia.Link,
    };

    internal static ImmutableArray<PublishConfig> ReadAll(TableReader owner, List<Diagnostic> diagnostics)
    {
        var published = ImmutableArray.CreateBuilder<PublishConfig>();
        var seen = new List<(PublishConfig Publish, SourceSpan Span)>();
        foreach (var toml in owner.Tables("publish"))
        {
            var table = new TableReader(toml, "a publish", KnownKeys.Publish, diagnostics);
            if (Read(table) is { } publish && !IsTwice(table, publish, seen))
            {
                seen.Add((publish, table.SpanOf("listen")));
                published.Add(publish);
            }
        }

        return published.ToImmutable();
    }

    /// <summary>Null where nothing can be made of it.</summary>
    private static PublishConfig? Read(TableReader table)
    {
        var from = table.Choice("from", Froms);
        var protocol = table.Choice("protocol", Protocols);
        var via = table.Choice("via", Vias) ?? PublishVia.Proxy;
        var listen = Address(table, "listen");
        if (!table.Has("listen"))
        {
            table.Error(table.Span, "a publish has no listen", $"the port, address or path on the host, {Example}");
        }

        var connect = Address(table, "connect");
        if (listen is { Path: not null } && !table.Has("connect"))
        {
            table.Error(table.SpanOf("listen"), "a publish that listens on a path has no connect", "name what it leads to inside: a port, or the path of a socket");
        }

        var idle = (int)(table.Integer("idle", 0, 86400, " seconds (0 is for good)") ?? DefaultIdle);
        var saysWho = table.Boolean("proxyProtocol", fallback: false);
        if (listen is null)
        {
            return null;
        }

        // A configuration from before there was `from` says it by its address.
        var source = from ?? (listen.IsOfThisMachine ? PublishFrom.Host : PublishFrom.Lan);
        var spoken = protocol ?? (listen.Path is null ? PublishProtocol.Tcp : PublishProtocol.Unix);
        PublishRules.Check(table, listen, connect, source, spoken, saysWho);
        if (via == PublishVia.Link)
        {
            PublishRules.CheckLink(table, source, spoken, saysWho);
        }

        connect ??= listen.EndPoint is { } end ? new StreamAddress(new IPEndPoint(IPAddress.Loopback, end.Port), null) : null;
        return connect is null ? null : new PublishConfig(listen, connect, idle) { From = source, Via = via, Protocol = spoken, ProxyProtocol = saysWho };
    }

    private static bool IsTwice(TableReader table, PublishConfig publish, List<(PublishConfig Publish, SourceSpan Span)> seen)
    {
        foreach (var (other, span) in seen.Where(s => Clash(s.Publish, publish)).Take(1))
        {
            var isTunnel = publish.From == PublishFrom.Tunnel;
            table.Error(
                table.SpanOf("listen"),
                isTunnel
                    ? $"port {publish.Listen.EndPoint!.Port} of the tunnel is opened twice, first at line {span.Line}"
                    : $"{publish.Listen} is published twice, first as {other.Listen} at line {span.Line}",
                isTunnel ? "leave one of the two out" : "one address leads to one place: leave one of the two out, or give it another port");
            return true;
        }

        return false;
    }

    /// <summary>TCP and UDP have ports of their own, and so have the host and the namespace.</summary>
    private static bool Clash(PublishConfig one, PublishConfig other) =>
        (one.From == PublishFrom.Tunnel) == (other.From == PublishFrom.Tunnel) && one.Protocol == other.Protocol && one.Listen.Overlaps(other.Listen)
        // A socket on [::] takes IPv4, too; a rule does not.
        && !(one.Via == PublishVia.Link && other.Via == PublishVia.Link && one.Listen.EndPoint?.AddressFamily != other.Listen.EndPoint?.AddressFamily);

    private static StreamAddress? Address(TableReader table, string key)
    {
        if (table.PortOrString(key) is not var (text, span))
        {
            return null;
        }

        if (StreamAddress.TryParse(text, out var problem) is { } address)
        {
            return address;
        }

        var isPort = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        table.Error(span, isPort ? $"{key} is {text}; a port is 1-65535" : $"{key} \"{text}\" {problem}", Example);
        return null;
    }
}
