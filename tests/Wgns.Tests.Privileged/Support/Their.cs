using System.Text.Json;

namespace Wgns.Tests.Privileged;

/// <summary>A namespace as somebody else makes one: lo down, a link to a netns beyond it, a default route and a table.</summary>
internal sealed class Their : IDisposable
{
    internal const string Address = "172.29.5.1";

    /// <summary>An address that is reached by the default route.</summary>
    internal const string Beyond = "192.0.2.77";

    private readonly string _name;

    internal Their(string name)
    {
        _name = name;
        BeyondName = name + "b";
        Tool.Run("ip", "netns", "add", BeyondName);
        Tool.Run("ip", "-n", BeyondName, "link", "set", "lo", "up");
        Make();
    }

    internal string BeyondName { get; }

    /// <summary>All that there is, in the words of iproute2 and nft.</summary>
    internal string Picture() => string.Join('\n', (string[])
    [
        .. Ip("-d", "address").Select(l => $"{l.GetProperty("ifname")} {l.GetProperty("mtu")} {l.GetProperty("flags")} {string.Join(' ', l.GetProperty("addr_info").EnumerateArray().Select(a => a.GetProperty("local")))}"),
        Tool.Run("ip", "-n", _name, "route"),
        Tool.Run("ip", "-n", _name, "-6", "route"),
        Machine.Ruleset(_name),
        Within.Run(_name, "sysctl", "-a", "-r", "net.ipv4.ping_group_range|net.ipv6.conf.*(disable_ipv6|accept_ra$)|net.ipv4.conf.*forwarding"),
    ]);

    /// <summary>Packets of IP that came out of the namespace since the last time, neighbours' talk left out.</summary>
    internal long Received()
    {
        var now = Counter();
        (now, _counted) = (now - _counted, now);
        return now;
    }

    private long _counted;

    /// <summary>Of a service inside, from beyond.</summary>
    internal string Ask()
    {
        using var service = Within.Start(_name, "timeout", "10", "python3", "-c", "import socket; s=socket.create_server(('0.0.0.0', 8123)); print('listening', flush=True); c,_=s.accept(); c.sendall(b'hello\\n'); c.close()");
        service.Hear("listening");
        using var asking = Within.Start(BeyondName, "timeout", "3", "bash", "-c", "exec 3<>/dev/tcp/172.29.5.2/8123 && cat <&3");
        return asking.End().Output;
    }

    internal void MakeAnew()
    {
        Tool.Run("ip", "netns", "delete", _name);
        Tool.Ask("ip", "-n", BeyondName, "link", "delete", "peer");
        Make();
    }

    public void Dispose()
    {
        Tool.Ask("ip", "netns", "delete", _name);
        Tool.Ask("ip", "netns", "delete", BeyondName);
    }

    private void Make()
    {
        Tool.Run("ip", "netns", "add", _name);
        Tool.Run("ip", "-n", _name, "link", "add", "eth0", "type", "veth", "peer", "name", "peer", "netns", BeyondName);
        foreach (var (netns, link, address, address6) in ((string, string, string, string)[])[(_name, "eth0", "172.29.5.2", "fd29::2"), (BeyondName, "peer", Address, "fd29::1")])
        {
            Tool.Run("ip", "-n", netns, "link", "set", link, "addrgenmode", "none");
            Tool.Run("ip", "-n", netns, "address", "add", address + "/24", "dev", link);
            Tool.Run("ip", "-n", netns, "address", "add", address6 + "/64", "dev", link, "nodad");
            Tool.Run("ip", "-n", netns, "link", "set", link, "up");
        }

        Tool.Run("ip", "-n", BeyondName, "address", "replace", Beyond + "/32", "dev", "lo");
        Tool.Run("ip", "-n", _name, "route", "add", "default", "via", Address, "metric", "100");
        Tool.Run("ip", "-n", _name, "route", "add", "default", "via", "fd29::1", "metric", "2048");
        Nft(_name, "add table ip theirs; add chain ip theirs in { type filter hook input priority 5; policy accept; }; add rule ip theirs in tcp dport 9 accept");
        Nft(BeyondName, "add table inet watch; add chain inet watch in { type filter hook prerouting priority -300; }; flush chain inet watch in; "
            + "add rule inet watch in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report } accept; add rule inet watch in counter");
    }

    private static void Nft(string netns, string commands) => Within.Run(netns, "nft", commands);

    private long Counter() => JsonDocument.Parse(Within.Run(BeyondName, "nft", "-j", "list", "chain", "inet", "watch", "in"))
        .RootElement.GetProperty("nftables").EnumerateArray().Where(e => e.TryGetProperty("rule", out _))
        .SelectMany(r => r.GetProperty("rule").GetProperty("expr").EnumerateArray())
        .Where(e => e.TryGetProperty("counter", out _)).Sum(e => e.GetProperty("counter").GetProperty("packets").GetInt64());

    private List<JsonElement> Ip(params string[] arguments) => [.. JsonDocument.Parse(Tool.Run("ip", ["-j", "-n", _name, .. arguments])).RootElement.EnumerateArray()];
}
