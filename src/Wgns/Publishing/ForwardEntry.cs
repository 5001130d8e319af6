using System.Collections.Immutable;
using System.Globalization;
using Wgns.Configuration;
using Wgns.Linux.Systemd;

namespace Wgns.Publishing;

/// <summary>Where `wgns forward` listens: an address, or a socket that was handed in. One of the two is null.</summary>
/// <param name="Descriptor">From 3 on, as sd_listen_fds(3) counts.</param>
public sealed record ForwardListen(StreamAddress? Address, int? Descriptor, bool IsUdp)
{
    /// <summary>As <see cref="ForwardEntry.TryParse"/> reads it.</summary>
    public override string ToString() =>
        Descriptor is { } fd ? string.Create(CultureInfo.InvariantCulture, $"{ForwardEntry.DescriptorPrefix}{fd}")
        : IsUdp ? $"{ForwardEntry.UdpPrefix}{Address}"
        : $"{Address}";
}

/// <summary>One LISTEN CONNECT of `wgns forward`'s command line.</summary>
/// <param name="SaysWho">Whether each connection begins with a header of the PROXY protocol.</param>
public sealed record ForwardEntry(ForwardListen Listen, StreamAddress Connect, bool SaysWho)
{
    public const string UdpPrefix = "udp:";
    public const string DescriptorPrefix = "fd:";
    public const string SaysWhoPrefix = "proxy:";

    /// <summary>The two words of the command line.</summary>
    public ImmutableArray<string> Words => [Listen.ToString(), SaysWho ? SaysWhoPrefix + Connect : Connect.ToString()];

    public static ForwardEntry Of(PublishConfig publish)
    {
        ArgumentNullException.ThrowIfNull(publish);
        return new ForwardEntry(new ForwardListen(publish.Listen, null, publish.Protocol == PublishProtocol.Udp), publish.Connect, publish.ProxyProtocol);
    }

    /// <summary>The same for a socket that a service manager opened.</summary>
    public static ForwardEntry Activated(PublishConfig publish) =>
        Of(publish) with { Listen = new ForwardListen(null, ListenSockets.First, IsUdp: false) };

    /// <returns>Null with what is wrong.</returns>
    public static ForwardEntry? TryParse(string listen, string connect, out string problem)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(connect);
        var saysWho = connect.StartsWith(SaysWhoPrefix, StringComparison.Ordinal);
        var isUdp = listen.StartsWith(UdpPrefix, StringComparison.Ordinal);
        var where = isUdp ? listen[UdpPrefix.Length..] : listen;
        var from = where.StartsWith(DescriptorPrefix, StringComparison.Ordinal)
            ? Handed(where, out problem)
            : StreamAddress.TryParse(where, out problem) is { } at ? new ForwardListen(at, null, isUdp) : null;
        if (from is null)
        {
            problem = $"\"{listen}\" {problem}";
            return null;
        }

        if (StreamAddress.TryParse(saysWho ? connect[SaysWhoPrefix.Length..] : connect, out problem) is not { } to)
        {
            problem = $"\"{connect}\" {problem}";
            return null;
        }

        problem = !isUdp ? string.Empty
            : from.Address?.Path is not null || to.Path is not null ? $"\"{listen}\" to \"{connect}\": UDP goes from a port to a port"
            : saysWho ? $"\"{connect}\": the PROXY protocol is one of connections, which UDP has none of"
            : string.Empty;
        return problem.Length == 0 ? new ForwardEntry(from, to, saysWho) : null;
    }

    private static ForwardListen? Handed(string text, out string problem)
    {
        problem = "is no descriptor from 3 on";
        return int.TryParse(text.AsSpan(DescriptorPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var fd) && fd >= ListenSockets.First
            ? new ForwardListen(null, fd, IsUdp: false)
            : null;
    }
}
