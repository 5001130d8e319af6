using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Wgns.Configuration;
using Wgns.Execution;
using Wgns.Linux;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Tests.Planning;

/// <summary>A twin of a machine with its state files, and the commands a user gives it.</summary>
internal sealed class World
{
    internal const string Name = "vpn";

    internal World() => Machine = new InMemoryMachine(
        new ObservedState { Name = Name }, PublicKeyOf, k => new KeyFingerprint(k.ToString()));

    internal InMemoryMachine Machine { get; }

    internal InMemoryStateStore Store { get; } = new();

    internal ObservedState Observed => Machine.Observe(Store.Load(Name));

    internal static WireGuardKey PublicKeyOf(KeySource source) => Key($"public of {source}");

    internal static WireGuardKey Key(string seed) => new(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));

    internal Plan PlanUp(DesiredState desired, bool adopt = false)
    {
        var result = Planner.Up(desired, Observed, adopt);
        result.Obstacles.Should().BeEmpty();
        return result.Plan!;
    }

    internal RunResult Up(DesiredState desired, IRunObserver? observer = null, bool adopt = false) =>
        new Executor(Machine, Store, observer).Apply(PlanUp(desired, adopt));

    internal World UpOrFail(DesiredState desired, bool adopt = false)
    {
        Up(desired, adopt: adopt).Should().BeEquivalentTo(RunResult.Success);
        return this;
    }

    internal RunResult Down(bool force = false, IRunObserver? observer = null, bool isShared = false)
    {
        var result = Planner.Down(Observed, force, isShared);
        result.Obstacles.Should().BeEmpty();
        return new Executor(Machine, Store, observer).TearDown(result.Plan!);
    }

    /// <summary>The operations of the next up, in words.</summary>
    internal IEnumerable<string> Next(DesiredState desired) => PlanUp(desired).Steps.Select(s => s.Do.Describe());

    internal void ShouldBeEmpty()
    {
        Machine.State.Netns.Should().Be(NetnsPresence.Absent);
        Machine.State.Links.Should().BeEmpty();
        Machine.State.Files.Should().BeEmpty();
        Machine.State.Outside.Links.Should().BeEmpty();
        Machine.State.Outside.Tables.Should().BeEmpty();
        Machine.Engines.Should().BeEmpty();
        Machine.Outside.Should().BeEmpty();
        Machine.Sockets.Should().BeEmpty();
        Store.Names.Should().BeEmpty();
    }

    /// <summary>Everything that a user could see, without the numbers and random names that differ from run to run.</summary>
    internal string Picture(bool withPeersSecrets = true)
    {
        var seen = Observed;
        var text = new StringBuilder();
        text.Append($"netns {seen.Netns} lo {seen.LoopbackUp} outside {Machine.Outside.Count} engines {Machine.Engines.Count}\n");
        text.Append($"rules {seen.RulesetListing}\n");
        text.AppendJoin('\n', seen.Outside.Links.Select(l => $"{l.Ifname} {l.Kind} {string.Join(' ', l.Addresses)}").Order()).Append('\n');
        text.AppendJoin('\n', seen.Outside.Tables.Values).Append('\n');
        foreach (var (path, file) in seen.Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            text.Append($"{path} {file.Kind} {file.Content}\n");
        }

        text.AppendJoin('\n', Machine.Sockets.Keys.Order()).Append('\n');
        foreach (var link in seen.Links.OrderBy(l => l.Ifname, StringComparer.Ordinal))
        {
            text.Append($"{link.Ifname} {link.Kind} {link.Mtu} {(link.IsUp ? "up" : "down")}\n  ");
            text.AppendJoin(' ', link.Addresses.Select(a => a.ToString()).Order());
            text.Append("\n  ").AppendJoin(' ', link.Routes.Select(r => r.Destination.ToString()).Distinct().Order()).Append('\n');
            if (seen.Devices.GetValueOrDefault(link.Ifname) is not { } device)
            {
                continue;
            }

            text.Append($"  {(withPeersSecrets ? device.PublicKey : null)} {device.ListenPort} {device.FirewallMark}\n");
            foreach (var peer in device.Peers.OrderBy(p => p.PublicKey.ToString(), StringComparer.Ordinal))
            {
                text.Append($"  {peer.PublicKey} {(withPeersSecrets ? peer.PresharedKey?.Hex : null)} {peer.Endpoint} {peer.PersistentKeepalive} ");
                text.AppendJoin(' ', peer.AllowedIps.Select(a => a.ToString()).Order()).Append('\n');
            }
        }

        return text.ToString();
    }
}

/// <summary>Desired states to play with.</summary>
internal static class Desired
{
    internal static DesiredState Usual(bool userspace = false) => new()
    {
        Name = World.Name,
        Source = "/etc/wgns/vpn.toml",
        Ruleset = "table inet wgns { }\n",
        Directories = ["/etc/netns", "/etc/netns/vpn"],
        Files =
        [
            new DesiredFile("/etc/netns/vpn/resolv.conf", "nameserver 10.0.0.1\n"),
            new DesiredFile("/etc/netns/vpn/nsswitch.conf", "hosts: files dns\n"),
        ],
        Interfaces = [Interface("wg0", userspace)],
    };

    /// <summary>With the embedded engine, which makes its device inside.</summary>
    internal static DesiredState Embedded() => Usual(userspace: true).With(i => i with { Engine = Embedded(i.Ifname) });

    internal static EngineRecord Embedded(string ifname) =>
        Engine(ifname) with { Program = "/usr/bin/wgns", Inside = new EngineInside($"/run/netns/{World.Name}", ifname) };

    internal static DesiredInterface Interface(string ifname, bool userspace = false) => new(
        ifname,
        userspace ? Engine(ifname) : null,
        1420,
        Cidrs("10.0.0.2/32", "fd00::2/128"),
        Cidrs("0.0.0.0/0", "::/0"),
        new DesiredDevice(
            new KeySource.File($"/keys/{ifname}"), World.PublicKeyOf(new KeySource.File($"/keys/{ifname}")), (ushort)(ifname == "wg0" ? 51820 : 51821), 7,
            [Peer("one", "0.0.0.0/0", "::/0")]));

    private static int _engines;

    /// <summary>As EngineFinder describes one: with another name each time.</summary>
    internal static EngineRecord Engine(string ifname)
    {
        var name = $"wgns-{Interlocked.Increment(ref _engines):x8}";
        return new EngineRecord(
            "/usr/bin/wireguard-go", name, $"/var/run/wireguard/{name}.sock", $"/run/wgns/vpn.{ifname}.log", $"/var/run/wireguard/{ifname}.sock");
    }

    internal static DesiredPeer Peer(string seed, params string[] allowedIps) => new(
        World.Key(seed),
        null,
        null,
        new Endpoint("192.0.2.1", 51820),
        new IPEndPoint(IPAddress.Parse("192.0.2.1"), 51820),
        25,
        Cidrs(allowedIps));

    internal static DesiredPeer WithPsk(this DesiredPeer peer, string path) =>
        peer with { PresharedKey = new KeySource.File(path), Fingerprint = new KeyFingerprint(path) };

    internal static ImmutableArray<Cidr> Cidrs(params string[] texts) =>
        [.. texts.Select(t => Cidr.TryParse(t, out var cidr) ? cidr.Value : throw new FormatException(t))];

    /// <summary>Changes the first interface.</summary>
    internal static DesiredState With(this DesiredState state, Func<DesiredInterface, DesiredInterface> change) =>
        state with { Interfaces = state.Interfaces.SetItem(0, change(state.Interfaces[0])) };

    internal static DesiredState WithPeers(this DesiredState state, params DesiredPeer[] peers) =>
        state.With(i => i with { Device = i.Device with { Peers = [.. peers] } });
}
