using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Wgns.Tests.Privileged;

/// <summary>
/// The other end of a tunnel: a netns of its own, reached from the host by a veth with a /30 of 198.18.0.0/15 (RFC 2544,
/// nobody's network), with wireguard-go, tunnel addresses, and an echo on port 7.
/// </summary>
internal sealed class Provider : IDisposable
{
    internal const string Address = "10.99.0.1";
    internal const string Address6 = "fd99::1";
    internal const int Port = 51820;

    private readonly Running _engine;
    private readonly List<Socket> _echoes = [];
    private readonly string[] _host;

    /// <param name="host">The netns that its wire leads to; null: this process's.</param>
    internal Provider(string name, string directory, string client, string? host = null)
    {
        Name = name + "p";
        Ifname = name + "w";
        HostLink = name + "h";
        var block = (Environment.ProcessId * 61) + Interlocked.Increment(ref s_count);
        var network = 0xC6120000u + ((uint)(block & 0x7FFF) * 4);
        (HostAddress, OuterAddress) = (Text(network + 1), Text(network + 2));
        Tool.Run("ip", "netns", "add", Name);
        _host = host is null ? [] : ["-n", host];
        Tool.Run("ip", [.. _host, "link", "add", HostLink, "type", "veth", "peer", "name", "out", "netns", Name]);
        foreach (var (at, link, address) in ((string[], string, string)[])[(_host, HostLink, HostAddress), (["-n", Name], "out", OuterAddress)])
        {
            Tool.Run("ip", [.. at, "link", "set", link, "addrgenmode", "none"]);
            Tool.Run("ip", [.. at, "address", "add", address + "/30", "dev", link]);
            Tool.Run("ip", [.. at, "link", "set", link, "up"]);
        }

        Tool.Run("ip", "-n", Name, "link", "set", "lo", "up");
        Inside("nft", "add table inet watch; add chain inet watch in { type filter hook input priority -300; }; "
            + "add rule inet watch in icmp type destination-unreachable accept; add rule inet watch in iif out counter");
        PrivateKey = Path.Combine(directory, "provider.key");
        File.WriteAllText(PrivateKey, Transcript.Secret(Tool.Run("wg", "genkey")));
        using (var pub = new Running("wg", ["pubkey"]))
        {
            PublicKey = pub.End(File.ReadAllText(PrivateKey)).Output.Trim();
        }

        _engine = Within.Start(Name, "wireguard-go", "-f", Ifname);
        Until.True(() => UapiListening.Is(_engine.Pid, Ifname)).Should().BeTrue("the provider's wireguard-go must listen");
        Tool.Run("wg", "set", Ifname, "listen-port", Text(Port), "private-key", PrivateKey);
        Allow(client);
        Tool.Run("ip", "-n", Name, "address", "add", Address + "/24", "dev", Ifname);
        Tool.Run("ip", "-n", Name, "address", "add", Address6 + "/64", "dev", Ifname, "nodad");
        Tool.Run("ip", "-n", Name, "link", "set", Ifname, "up");
        Serve(IPAddress.Any);
        Serve(IPAddress.IPv6Any);
    }

    private static int s_count;

    internal string Name { get; }

    internal string Ifname { get; }

    internal string HostLink { get; }

    internal string HostAddress { get; }

    internal string OuterAddress { get; }

    internal string Endpoint => $"{OuterAddress}:{Text(Port)}";

    internal string PublicKey { get; }

    internal string PrivateKey { get; }

    /// <summary>
    /// Packets that came from the host, of whatever protocol, but its answers to what this end sends to a port that nobody has open any more.
    /// </summary>
    internal long Seen => JsonDocument.Parse(Inside("nft", "-j", "list", "chain", "inet", "watch", "in"))
        .RootElement.GetProperty("nftables").EnumerateArray()
        .Where(e => e.TryGetProperty("rule", out _))
        .Select(e => e.GetProperty("rule").GetProperty("expr").EnumerateArray().Last())
        .Where(e => e.TryGetProperty("counter", out _))
        .Select(e => e.GetProperty("counter").GetProperty("packets").GetInt64())
        .Single();

    internal void Allow(string client, string? presharedKeyFile = null) => Tool.Run(
        "wg", ["set", Ifname, "peer", client, "allowed-ips", "10.99.0.2/32,10.99.0.3/32,fd99::2/128", .. presharedKeyFile is null ? (string[])[] : ["preshared-key", presharedKeyFile]]);

    internal string Inside(params string[] command) => Within.Run(Name, command);

    internal void Die() => _engine.Dispose();

    public void Dispose()
    {
        _engine.Dispose();
        foreach (var echo in _echoes)
        {
            echo.Dispose();
        }

        // Dies with its netns too, but only when the last socket in it is gone, and that takes a moment.
        Tool.Ask("ip", [.. _host, "link", "delete", HostLink]);
        Tool.Ask("ip", "netns", "delete", Name);
        File.Delete(UapiListening.PathOf(Ifname));
    }

    private void Serve(IPAddress any)
    {
        var listener = SocketInside.Open(Name, any.AddressFamily, SocketType.Stream);
        if (any.AddressFamily == AddressFamily.InterNetworkV6)
        {
            listener.DualMode = false;
        }

        listener.Bind(new IPEndPoint(any, 7));
        listener.Listen(16);
        listener.ReceiveTimeout = 0;
        _echoes.Add(listener);
        new Thread(() => Accept(listener)) { IsBackground = true }.Start();
    }

    private static void Accept(Socket listener)
    {
        try
        {
            while (true)
            {
                var caller = listener.Accept();
                new Thread(() => Echo(caller)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The lab closed.
        }
    }

    private static void Echo(Socket caller)
    {
        using (caller)
        {
            var buffer = new byte[4096];
            try
            {
                while (caller.Receive(buffer) is > 0 and var length)
                {
                    caller.Send(buffer.AsSpan(0, length));
                }
            }
            catch (SocketException)
            {
                // The other side went away, as it may.
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(uint address) => new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]).ToString();
}
