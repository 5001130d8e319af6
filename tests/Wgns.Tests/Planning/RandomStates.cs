using System.Collections.Immutable;
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Wgns.Configuration;
using Wgns.Linux;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>Desired states of one namespace, few values of each kind, so that two of them overlap in many ways.</summary>
internal static class RandomStates
{
    private static readonly string[] Addresses = ["10.0.0.2/24", "10.0.0.3/24", "10.0.0.2/32", "10.1.0.2/16", "fd00::2/64", "fd00::2/128", "fd00::3/128"];
    private static readonly string[] Networks = ["0.0.0.0/0", "::/0", "10.0.0.0/24", "10.9.0.0/16", "fd00::/64"];

    internal static Gen<DesiredState> State =>
        from interfaces in Some(["wg0", "wg1", "vpn"]).SelectMany(names => Gen.CollectToArray(names, Interface))
        from rules in Gen.Elements("table inet wgns { }\n", "table inet wgns { chain x { } }\n")
        from files in Some(["resolv.conf", "nsswitch.conf"])
        from content in Gen.Elements("a\n", "b\n")
        from link in Gen.Elements(null, HostLink("h0", "host0", 1), HostLink("h0", "host0", 5), HostLink("h0", "eth0", 1), HostLink("h1", "host0", 1))
        select new DesiredState
        {
            Name = World.Name,
            Source = "/etc/wgns/vpn.toml",
            Ruleset = rules,
            Directories = files.Count == 0 ? [] : ["/etc/netns", "/etc/netns/vpn"],
            Files = [.. files.Select(f => new DesiredFile($"/etc/netns/vpn/{f}", content))],
            Interfaces = WithoutSharedPorts(WithoutSharedRoutes([.. interfaces])),
            HostLink = link,
        };

    // One table for a namespace, whatever its link is called.
    private static DesiredHostLink HostLink(string host, string inside, int number) => new(
        new HostLinkName(host, inside, "wgns_0"),
        $"table inet wgns_0 {{ chain {host} {{ }} }}\n",
        Desired.Cidrs($"198.18.0.{number}/30"),
        Desired.Cidrs($"198.18.0.{number + 1}/30"));

    private static Gen<DesiredInterface> Interface(string ifname) =>
        from engine in Gen.Elements(null, Desired.Engine, (Func<string, EngineRecord>)Desired.Embedded)
        from mtu in Gen.Elements(1280, 1420)
        from addresses in Some(Addresses)
        from key in Gen.Elements("/keys/a", "/keys/b")
        from port in Gen.Elements<ushort?>(null, 1000, 1001, 1002)
        from mark in Gen.Elements(0u, 7u)
        from peers in Some(["one", "two", "three"]).SelectMany(names => Gen.CollectToArray(names, Peer))
        from routes in Gen.Elements(false, true)
        let own = WithoutSharedNetworks([.. peers])
        let source = new KeySource.File(key)
        select new DesiredInterface(
            ifname,
            engine?.Invoke(ifname),
            mtu,
            Desired.Cidrs([.. addresses.DistinctBy(a => a.Contains(':', StringComparison.Ordinal) ? a.Split('/')[0] : a)]),
            routes ? [.. own.SelectMany(p => p.AllowedIps)] : [],
            new DesiredDevice(source, World.PublicKeyOf(source), port, mark, own));

    private static Gen<DesiredPeer> Peer(string seed) =>
        from networks in Some(Networks)
        from endpoint in Gen.Elements(null, "192.0.2.1", "2001:db8::1")
        from keepalive in Gen.Elements<ushort>(0, 25)
        from psk in Gen.Elements(null, "/psk/a", "/psk/b")
        let peer = Desired.Peer(seed, [.. networks]) with
        {
            Endpoint = endpoint is null ? null : new Endpoint(endpoint, 51820),
            Address = endpoint is null ? null : new IPEndPoint(IPAddress.Parse(endpoint), 51820),
            PersistentKeepalive = keepalive,
        }
        select psk is null ? peer : peer.WithPsk(psk);

    private static Gen<List<T>> Some<T>(T[] items) =>
        from keep in Gen.Elements(false, true).ArrayOf(items.Length)
        from order in Gen.Shuffle(items)
        select order.Where((_, i) => keep[i]).ToList();

    // What the configuration's own checks refuse.
    private static ImmutableArray<DesiredPeer> WithoutSharedNetworks(ImmutableArray<DesiredPeer> peers)
    {
        var taken = new HashSet<Cidr>();
        return [.. peers.Select(p => p with { AllowedIps = [.. p.AllowedIps.Where(taken.Add)] })];
    }

    private static ImmutableArray<DesiredInterface> WithoutSharedPorts(ImmutableArray<DesiredInterface> interfaces)
    {
        var taken = new HashSet<ushort>();
        return [.. interfaces.Select(i => i.Device.ListenPort is { } port && !taken.Add(port) ? i with { Device = i.Device with { ListenPort = null } } : i)];
    }

    private static ImmutableArray<DesiredInterface> WithoutSharedRoutes(ImmutableArray<DesiredInterface> interfaces)
    {
        var taken = new HashSet<Cidr>();
        return [.. interfaces.Select(i => i with { Routes = [.. i.Routes.Where(taken.Add)] })];
    }
}
