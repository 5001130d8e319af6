using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wgns.Linux;
using Wgns.Linux.Sockets;

namespace Wgns.Configuration;

/// <summary>Where a stream socket listens: an address and a TCP port, or a unix socket's path. One of the two is null.</summary>
public sealed record StreamAddress(IPEndPoint? EndPoint, string? Path)
{
    /// <summary>Reads <c>PORT</c> (of 127.0.0.1), <c>ADDRESS:PORT</c>, <c>[IPV6]:PORT</c> or an absolute path.</summary>
    /// <param name="problem">What is wrong, to stand after the text; "" where nothing is.</param>
    public static StreamAddress? TryParse(string text, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith('/'))
        {
            problem = PathProblem(text);
            return problem.Length == 0 ? new StreamAddress(null, text) : null;
        }

        var colon = text.LastIndexOf(':');
        problem = string.Empty;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            problem = "has no port of 1-65535";
            return null;
        }

        var host = colon < 0 ? "127.0.0.1" : text[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!Cidr.TryParseAddress(isBracketed ? host[1..^1] : host, out var address)
            || isBracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
        {
            problem = "has no IP address before its port";
            return null;
        }

        return new StreamAddress(new IPEndPoint(address, port), null);
    }

    /// <summary>Whether only programs of this machine come to it: a loopback address, or a path.</summary>
    public bool IsOfThisMachine => EndPoint is null || IPAddress.IsLoopback(EndPoint.Address);

    /// <summary>Whether an address stands for every one of its family.</summary>
    internal static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Whether both cannot be listened on at once: <c>0.0.0.0</c> is every IPv4 address, <c>[::]</c> every address (bindv6only 0).</summary>
    public bool Overlaps(StreamAddress other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return EndPoint is { } mine && other.EndPoint is { } theirs
            ? mine.Port == theirs.Port && (Equals(mine, theirs) || Covers(mine, theirs) || Covers(theirs, mine))
            : Path is not null && Path == other.Path;
    }

    public override string ToString() => Path ?? EndPoint!.ToString();

    private static bool Covers(IPEndPoint any, IPEndPoint one) =>
        Equals(any.Address, IPAddress.IPv6Any)
        || (Equals(any.Address, IPAddress.Any) && one.AddressFamily == AddressFamily.InterNetwork);

    private static string PathProblem(string path) =>
        Encoding.UTF8.GetByteCount(path) > UnixAddress.LongestPath ? $"is longer than the {UnixAddress.LongestPath} bytes that a unix socket's path has"
        : path.Any(c => char.IsControl(c) || c == '\\') ? "holds a control character or a '\\', which no unit can name"
        : path.Trim() != path ? "ends with a space, which no unit can name"
        : path.EndsWith('/') || path != System.IO.Path.GetFullPath(path) ? "is no plain path: \"//\", \".\", \"..\" or a \"/\" at its end"
        : string.Empty;
}
