using System.Collections.Immutable;
using System.Net;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Processes;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Resolution;

/// <summary>Answers everything in a configuration that needs the outside, so that planning needs nothing but data.</summary>
public sealed partial class Resolver(IBirthplace birthplace, RuntimePaths paths)
{
    /// <summary>WireGuard's own bytes per packet over IPv6: 40 IPv6, 8 UDP, 32 of transport header and tag (wg-quick(8)).</summary>
    private const int Overhead = 80;

    private const int FallbackMtu = 1420;

    /// <param name="record">What runs already, so that a running engine is kept.</param>
    /// <param name="strict">Whether a name that cannot be looked up is an error, or only leaves the endpoint unset.</param>
    public DesiredState? Resolve(
        NamespaceConfig config, KeyRing keys, StateRecord? record, List<Diagnostic> diagnostics, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(diagnostics);
        var before = diagnostics.Count(d => d.Severity == Severity.Error);
        var interfaces = config.Interfaces
            .Select(i => Interface(i, config, keys, record, diagnostics, strict))
            .OfType<DesiredInterface>()
            .ToImmutableArray();
        var hostLink = HostLink(config, record, interfaces, diagnostics);
        if (diagnostics.Count(d => d.Severity == Severity.Error) > before || !HasKeys(config, keys))
        {
            return null;
        }

        return Closed(config, paths) with { Interfaces = interfaces, HostLink = hostLink };
    }

    /// <summary>What a configuration asks for besides its interfaces; this needs neither the outside nor keys.</summary>
    public static DesiredState Closed(NamespaceConfig config, RuntimePaths paths)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(paths);
        var writes = config.DnsFiles == DnsFilesMode.Write;
        return new DesiredState
        {
            Name = config.Name,
            Source = config.Source,
            IsManaged = config.IsManaged,
            Ruleset = DefaultRuleset.Of(config).Text,
            IPv6 = config.CarriesIPv6,
            Hooks = config.Hooks,
            PingGroups = PingGroups(config),
            Directories = writes ? [paths.EtcNetns, paths.EtcNetnsOf(config.Name)] : [],
            Files = writes
                ?
                [
                    new DesiredFile(paths.ResolvConf(config.Name), DnsText.ResolvConf(config)),
                    new DesiredFile(paths.NsswitchConf(config.Name), DnsText.NsswitchConf(config)),
                ]
                : [],
        };
    }

    // A range that holds a group without a counterpart outside is EINVAL, as in a user namespace. There the range of nobody reads
    // as groups that are not there, which are EINVAL, too: somebody else's might not be put back, so it is left.
    private static string? PingGroups(NamespaceConfig config) =>
        UserMap.HasEveryGroup ? "0 2147483647" : config.IsManaged && UserMap.OwnGroup is { } own ? $"{own} {own}" : null;

    // Without one an interface, or its preshared key, would be planned away.
    private static bool HasKeys(NamespaceConfig config, KeyRing keys) => config.Interfaces.All(i =>
        keys.Find(i.PrivateKey) is not null
        && i.Peers.All(p => p.PresharedKey is null || keys.Find(p.PresharedKey) is not null));

    private DesiredInterface? Interface(
        InterfaceConfig item, NamespaceConfig config, KeyRing keys, StateRecord? record, List<Diagnostic> diagnostics, bool strict)
    {
        var running = record?.Interface(item.Ifname)?.Engine;
        var engine = EngineFinder.Find(item.Engine, birthplace.HasKernelWireGuard, running, paths.Program);
        if (engine.Problem is { } problem)
        {
            diagnostics.Add(Diagnostic.Error(SourceSpan.WholeOf(config.Source), problem));
        }

        var peers = item.Peers.Select(p => Peer(p, item, config, keys, diagnostics, strict)).ToImmutableArray();
        if (keys.Find(item.PrivateKey) is not { } key)
        {
            // KeyRing.Load has said why.
            return null;
        }

        var publicKey = birthplace.PublicKeyOf(key);
        if (OwnKey.Problem(item, publicKey, config.Source) is { } own)
        {
            diagnostics.Add(own);
        }

        var (mtu, knowledge) = item.Mtu is { } configured ? (configured, MtuKnowledge.Known) : MtuOf(item, peers);
        return new DesiredInterface(
            item.Ifname,
            engine.Program is null ? null : EngineFinder.Describe(engine, config.Name, item.Ifname, paths) with { Birthplace = birthplace.Where?.Path },
            mtu,
            item.Addresses,

            // On a narrower link the kernel has no IPv6 at all, and takes no route of it.
            [.. item.Routes.Where(r => mtu >= InterfaceConfig.LeastMtuOfIPv6 || !r.IsIPv6)],
            new DesiredDevice(item.PrivateKey, publicKey, item.ListenPort, item.FwMark, peers))
        {
            Birthplace = birthplace.Where,
            MtuKnowledge = knowledge,
        };
    }

    private DesiredPeer Peer(
        PeerConfig peer, InterfaceConfig item, NamespaceConfig config, KeyRing keys, List<Diagnostic> diagnostics, bool strict)
    {
        string? problem = null;
        var address = peer.Endpoint is null ? null : Address(peer.Endpoint, item.FwMark, out problem);
        if (peer.Endpoint is not null && address is null)
        {
            diagnostics.Add(new Diagnostic(
                strict ? Severity.Error : Severity.Warning,
                SourceSpan.WholeOf(config.Source),
                $"endpoint {peer.Endpoint} cannot be looked up: {problem}",
                birthplace.Where is { } other
                    ? $"names of endpoints are looked up from {other.Path}, with its resolv.conf below /etc/netns, or else this machine's"
                    : "names of endpoints are looked up outside the namespace, with this machine's own resolver"));
        }

        return new DesiredPeer(
            peer.PublicKey,
            peer.PresharedKey,
            peer.PresharedKey is { } psk ? keys.Find(psk)?.Fingerprint() : null,
            peer.Endpoint,
            address,
            peer.PersistentKeepalive,
            peer.AllowedIps);
    }

    /// <summary>
    /// The first address that there is a way to: a name's IPv6 address is of no use to a machine without IPv6, though
    /// the resolver may put it first.
    /// </summary>
    private IPEndPoint? Address(Endpoint endpoint, uint mark, out string? problem)
    {
        problem = null;
        if (endpoint.Address is { } literal)
        {
            return new IPEndPoint(literal, endpoint.Port);
        }

        var addresses = birthplace.LookUp(endpoint.Host, out problem);
        problem ??= "the name has no address";
        var best = addresses.FirstOrDefault(a => birthplace.MtuTowards(a, mark) is not null) ?? (addresses.Count > 0 ? addresses[0] : null);
        return best is null ? null : new IPEndPoint(best, endpoint.Port);
    }

    private (int Mtu, MtuKnowledge Knowledge) MtuOf(InterfaceConfig item, ImmutableArray<DesiredPeer> peers)
    {
        var ways = peers
            .Select(p => p.Address is null ? null : birthplace.MtuTowards(p.Address.Address, item.FwMark))
            .OfType<int>()
            .ToList();

        // IPv4 takes 576 (RFC 791), and loopback's 65536 is more than a UDP packet holds.
        var least = item.Addresses.Any(a => a.IsIPv6) ? InterfaceConfig.LeastMtuOfIPv6 : 576;
        var mtu = ways.Count == 0 ? FallbackMtu : Math.Clamp(ways.Min() - Overhead, least, 65535 - Overhead);
        return (mtu, ways.Count == peers.Count(p => p.Endpoint is not null) ? MtuKnowledge.Known : ways.Count == 0 ? MtuKnowledge.Guess : MtuKnowledge.AtMost);
    }
}
