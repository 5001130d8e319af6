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

    internal static ImmutableArray<PublishConfig> ReadAll(TableReader owner, List<Diagnostic> diagnostics)
    {
        var published = ImmutableArray.CreateBuilder<PublishConfig>();
        var seen = new List<(StreamAddress Listen, SourceSpan Span)>();
        foreach (var toml in owner.Tables("publish"))
        {
            var table = new TableReader(toml, "a publish", KnownKeys.Publish, diagnostics);
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
            if (listen is null || IsTwice(table, listen, seen))
            {
                continue;
            }

            seen.Add((listen, table.SpanOf("listen")));
            connect ??= listen.EndPoint is { } end ? new StreamAddress(new IPEndPoint(IPAddress.Loopback, end.Port), null) : null;
            if (connect is not null)
            {
                published.Add(new PublishConfig(listen, connect, idle));
            }
        }

        return published.ToImmutable();
    }

    private static bool IsTwice(TableReader table, StreamAddress listen, List<(StreamAddress Listen, SourceSpan Span)> seen)
    {
        foreach (var (other, span) in seen.Where(s => s.Listen.Overlaps(listen)).Take(1))
        {
            table.Error(
                table.SpanOf("listen"),
                $"{listen} is published twice, first as {other} at line {span.Line}",
                "one address leads to one place: leave one of the two out, or give it another port");
            return true;
        }

        return false;
    }

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
