using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Wgns.Linux.Processes;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.Sockets;

namespace Wgns.Demo;

/// <summary>What is claimed, and how it is measured.</summary>
public sealed partial class DemoRun
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(6);

    /// <summary>Microseconds that the host tries to connect.</summary>
    private const int ConnectLimit = 700_000;

    /// <summary>By a program inside, which asks the C library for the name, which asks the server of resolv.conf.</summary>
    private void CheckPage(Provider provider, DemoAddresses addresses)
    {
        var clock = Stopwatch.StartNew();
        var result = _inside.Run(FetchLimit, PageFetch.HiddenVerb, $"http://{Provider.PageName}/");
        var took = clock.Elapsed;
        var fetch = PageFetch.Decode(result.Output) ?? new PageFetch(null, 0, string.Empty, InsideProgram.Problem(result));
        var asked = provider.Names!.Asked.Where(a => string.Equals(a.Question.Name, Provider.PageName, StringComparison.OrdinalIgnoreCase)).ToList();
        Judge(
            $"{Provider.PageName} is looked up by the tunnel's resolver",
            addresses.Provider.Equals(fetch.Address) && asked.Count > 0 && asked.All(a => a.From.Equals(addresses.Client)),
            fetch.Address is null
                ? $"not found: {fetch.Problem}"
                : $"{fetch.Address}; the resolver was asked {Times(asked.Count)}, by {Those(asked.Select(a => a.From))}",
            took);
        Judge(
            "the page is fetched through the tunnel",
            fetch is { Status: 200, Page.Length: > 0 } && provider.Web!.Visitors.Count > 0 && provider.Web.Visitors.All(v => v.Equals(addresses.Client)),
            fetch.Problem is { } problem
                ? problem
                : $"HTTP {fetch.Status}, \"{fetch.Page}\"; the web server saw {Those(provider.Web!.Visitors)}",
            took);
    }

    private void CheckEncrypted(PacketCounter plain, PacketCounter encrypted, DemoAddresses addresses, Rtnl links)
    {
        var (open, sealedOnes) = (plain.Take(), encrypted.Take());
        Judge(
            "outside, all of that was encrypted",
            open == 0 && sealedOnes > 0,
            $"on all {links.GetLinks().Length} links of the host: {sealedOnes} WireGuard packets to {addresses.Uplink}:{Provider.Port}, "
            + $"{open} packets that show an address of the tunnel",
            TimeSpan.Zero);
    }

    /// <summary>
    /// The host tries the page's address by the one link that leads to the provider. Tied to that link, it sends
    /// nothing anywhere else, whatever routes there are.
    /// </summary>
    private void CheckHost(Provider provider, DemoAddresses addresses, PacketCounter plain)
    {
        var clock = Stopwatch.StartNew();
        var visitors = provider.Web!.Visitors.Count;
        var problem = TryFromHost(new IPEndPoint(addresses.Provider, WebServer.Port));
        var took = clock.Elapsed;
        var seen = plain.Take();
        Judge(
            "the host cannot reach the page",
            problem is not null && provider.Web.Visitors.Count == visitors,
            $"connecting to {addresses.Provider}:{WebServer.Port} by {_remains.Directory!.HostCable}: {problem ?? "it answered"}",
            took);
        Judge(
            "unencrypted packets are counted where there are any",
            seen > 0,
            $"{seen} of that attempt",
            TimeSpan.Zero);
    }

    /// <summary>Null where somebody answered.</summary>
    private string? TryFromHost(IPEndPoint server)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        NetnsSockets.BindToLink(socket, _remains.Directory!.HostCable);
        try
        {
            socket.Connect(server);
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(ConnectLimit, SelectMode.SelectWrite))
            {
                return "no answer";
            }

            var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            return error == 0 ? null : new SocketException(error).Message;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";

    private static string Those(IEnumerable<IPAddress> addresses)
    {
        var all = addresses.Distinct().Select(a => a.ToString()).ToList();
        return all.Count == 0 ? "nobody" : string.Join(", ", all);
    }
}
