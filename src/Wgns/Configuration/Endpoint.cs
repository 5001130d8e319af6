using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Wgns.Linux;

namespace Wgns.Configuration;

/// <summary>Where a peer is reached: an address or a name, and a UDP port of 1-65535.</summary>
/// <param name="Host">An address without brackets, or a host name.</param>
public sealed record Endpoint(string Host, ushort Port)
{
    /// <summary>The address, or null where the host is a name that has to be looked up.</summary>
    public IPAddress? Address => Cidr.TryParseAddress(Host, out var address) ? address : null;

    /// <summary>Reads <c>host:port</c>, <c>1.2.3.4:port</c> and <c>[v6]:port</c>; says what is wrong where it can't.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Endpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        endpoint = null;
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        if (colon <= bracket)
        {
            problem = "has no port";
            return false;
        }

        var host = text[..colon];
        if (!TryParsePort(text[(colon + 1)..], out var port))
        {
            problem = $"has \"{text[(colon + 1)..]}\" for a port, which must be 1-65535";
            return false;
        }

        problem = HostProblem(ref host);
        if (problem is null)
        {
            endpoint = new Endpoint(host, port);
        }

        return problem is null;
    }

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static string? HostProblem(ref string host)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            return Cidr.TryParseAddress(host, out _) && host.Contains(':', StringComparison.Ordinal)
                ? null
                : $"has \"{host}\" in brackets, which is no IPv6 address";
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            return "is an IPv6 address without brackets";
        }

        // Digits and dots alone are meant as an address, so a bad one must not be looked up as a name.
        if (host.All(c => char.IsAsciiDigit(c) || c == '.'))
        {
            return Cidr.TryParseAddress(host, out _) ? null : $"has \"{host}\" for an address";
        }

        return IsHostName(host) ? null : $"has \"{host}\" for a host name";
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;

    /// <summary>RFC 1123 2.1: labels of 1-63 letters, digits, hyphens; underscores are met in practice.</summary>
    internal static bool IsHostName(string host) =>
        host.Length is > 0 and <= 253
        && (host.EndsWith('.') ? host[..^1] : host).Split('.').All(label =>
            label.Length is > 0 and <= 63
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            && label[0] != '-'
            && label[^1] != '-');
}
