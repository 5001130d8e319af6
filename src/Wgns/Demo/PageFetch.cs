using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wgns.Demo;

/// <summary>
/// What the demo's program inside does first: look a name up as any program does, by the C library, and fetch a page.
/// </summary>
/// <param name="Address">What the name was found to be; null where it was not.</param>
/// <param name="Status">Of the HTTP answer; 0 where there was none.</param>
/// <param name="Page">The page's first line; empty where there was none.</param>
/// <param name="Problem">What did not work; null where all did.</param>
public sealed record PageFetch(IPAddress? Address, int Status, string Page, string? Problem)
{
    /// <summary>The hidden verb that <see cref="Run"/> is behind.</summary>
    public const string HiddenVerb = "__demo-fetch";

    /// <summary>Milliseconds for each of connecting, sending and receiving.</summary>
    private const int Patience = 2000;

    private const int LongestAnswer = 65536;

    /// <summary>Fetches <c>http://HOST/</c>. Runs in the process inside.</summary>
    public static PageFetch Run(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return new PageFetch(null, 0, string.Empty, $"{url} is no URL");
        }

        IPAddress? address = null;
        try
        {
            address = Dns.GetHostAddresses(uri.Host, AddressFamily.InterNetwork)[0];
            return Get(uri, address);
        }
        catch (SocketException e)
        {
            return new PageFetch(address, 0, string.Empty, e.Message);
        }
    }

    /// <summary>One line, for the process outside.</summary>
    public string Encode() => string.Create(
        CultureInfo.InvariantCulture, $"{Address?.ToString() ?? "-"}\t{Status}\t{Page}\t{Problem?.ReplaceLineEndings(" ") ?? "-"}");

    /// <summary>Null where <paramref name="line"/> is none of <see cref="Encode"/>'s.</summary>
    public static PageFetch? Decode(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.TrimEnd('\n').Split('\t') is [var address, var status, var page, var problem]
            && int.TryParse(status, CultureInfo.InvariantCulture, out var code)
            ? new PageFetch(IPAddress.TryParse(address, out var found) ? found : null, code, page, problem == "-" ? null : problem)
            : null;
    }

    private static PageFetch Get(Uri uri, IPAddress address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            SendTimeout = Patience, // bounds connect(2), too
            ReceiveTimeout = Patience,
        };
        socket.Connect(address, uri.Port);
        socket.Send(Encoding.ASCII.GetBytes($"GET {uri.PathAndQuery} HTTP/1.1\r\nHost: {uri.Host}\r\nConnection: close\r\n\r\n"));
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (length < answer.Length && socket.Receive(answer.AsSpan(length)) is > 0 and var received)
        {
            length += received;
        }

        var text = Encoding.ASCII.GetString(answer, 0, length);
        var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return body >= 0 && text.StartsWith("HTTP/1.", StringComparison.Ordinal) && int.TryParse(text.AsSpan(9, 3), CultureInfo.InvariantCulture, out var status)
            ? new PageFetch(address, status, text[(body + 4)..].Split('\n', 2)[0].Replace('\t', ' '), null)
            : new PageFetch(address, 0, string.Empty, "the answer is no HTTP");
    }
}
