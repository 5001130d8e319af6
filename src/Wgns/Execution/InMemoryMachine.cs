using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>
/// The machine's twin in memory: each operation changes an <see cref="ObservedState"/> as the kernel would be changed
/// by it, and refuses what the kernel refuses. Plans can be run, cut short and run again on it without root.
/// </summary>
/// <param name="publicKeyOf">The public key of the private key at a reference.</param>
public sealed class InMemoryMachine(
    ObservedState state,
    Func<Configuration.KeySource, WireGuardKey> publicKeyOf,
    Func<Configuration.KeySource, KeyFingerprint> fingerprintOf) : IMachine
{
    private readonly Dictionary<string, string> _outside = [];
    private int _lastNumber = 100;

    /// <summary>What an observer of this machine would see, the record left out: that is the store's.</summary>
    public ObservedState State { get; private set; } = state;

    /// <summary>Devices that stand in the birthplace netns, by temporary name, with the interface they are for.</summary>
    public IReadOnlyDictionary<string, string> Outside => _outside;

    public StateRecord Apply(Operation operation, StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        switch (operation)
        {
            case CreateNetns o:
                Refuse(State.Netns != NetnsPresence.Absent, o, Errno.EEXIST);
                var identity = new NetnsIdentity(4, (ulong)++_lastNumber);
                State = State with { Netns = NetnsPresence.Present, NetnsIdentity = identity };
                return record with { Netns = identity };
            case DeleteNetns:
                State = State with
                {
                    Netns = NetnsPresence.Absent,
                    NetnsIdentity = null,
                    LoopbackUp = false,
                    RulesetListing = null,
                    Links = [],
                    Devices = ImmutableDictionary<string, WireGuardDevice>.Empty,
                };
                return record;
            case SetLoopbackUp o:
                RequireNetns(o);
                State = State with { LoopbackUp = true };
                return record;
            case LoadRuleset o:
                RequireNetns(o);
                State = State with { RulesetListing = o.Text };
                return record with
                {
                    RulesetText = RulesetPlan.Digest(o.Text),
                    RulesetListing = RulesetPlan.Digest(o.Text),
                };
            case CreateDirectory o:
                Refuse(State.Files.ContainsKey(o.Path), o, Errno.EEXIST);
                State = State with { Files = State.Files.Add(o.Path, new ObservedFile(FileKind.Directory, null)) };
                return record;
            case WriteFile o:
                State = State with { Files = State.Files.SetItem(o.Path, new ObservedFile(FileKind.Regular, o.Content)) };
                return record;
            case RemoveFile o:
                State = State with { Files = State.Files.Remove(o.Path) };
                return record;
            case RemoveDirectory o:
                var isEmpty = !State.Files.Keys.Any(f => f.StartsWith(o.Path + "/", StringComparison.Ordinal));
                State = isEmpty ? State with { Files = State.Files.Remove(o.Path) } : State;
                return record;
            default:
                return ApplyToLink(operation, record);
        }
    }

    private StateRecord ApplyToLink(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case CreateLink o:
                RequireNetns(o);
                Refuse(State.Link(o.Ifname) is not null, o, Errno.EEXIST);
                AddLink(o.Ifname, "wireguard", o.Mtu);
                return record;
            case DeleteLink o:
                RemoveLink(o.Ifname);
                return record;
            case StartEngine o:
                Refuse(_outside.ContainsKey(o.Engine.TemporaryName), o, Errno.EEXIST);
                _outside[o.Engine.TemporaryName] = o.Ifname;
                SetEngine(o.Ifname, new ObservedEngine(++_lastNumber, true, true));
                SetDevice(o.Ifname, new WireGuardDevice(null, 0, 0, []));
                return record.With(new InterfaceRecord(o.Ifname, o.Engine with { Pid = _lastNumber, StartTime = 1 }));
            case StopEngine o:
                _outside.Remove(o.Engine.TemporaryName);
                State = State with { Engines = State.Engines.Remove(o.Ifname) };
                if (State.Link(o.Ifname)?.Kind == "tun")
                {
                    RemoveLink(o.Ifname);
                }

                return record.With(new InterfaceRecord(o.Ifname, o.Engine with { Pid = 0, StartTime = 0 }));
            case MoveLink o:
                RequireNetns(o);
                Refuse(!_outside.Remove(o.TemporaryName), o, Errno.ENODEV);
                Refuse(State.Link(o.Ifname) is not null, o, Errno.EEXIST);
                SetEngine(o.Ifname, State.Engines[o.Ifname] with { TemporaryLinkPresent = false });
                var device = State.Devices[o.Ifname];
                AddLink(o.Ifname, "tun", 1420);
                SetDevice(o.Ifname, device);
                return record;
            case LinkSocket:
                return record;
            case ConfigureDevice o:
                Refuse(!State.Devices.ContainsKey(o.Ifname), o, Errno.ENODEV);
                SetDevice(o.Ifname, Patched(State.Devices[o.Ifname], o.Patch));
                return record;
            case SetMtu o:
                Change(o, o.Ifname, l => l with { Mtu = o.Mtu });
                return record;
            case SetLinkUp o:
                Change(o, o.Ifname, l => l with { IsUp = true });
                return record;
            case SetLinkDown o:
                Change(o, o.Ifname, l => l with { IsUp = false, Routes = [] });
                return record;
            case AddAddress o:
                Change(o, o.Ifname, l => l with { Addresses = l.Addresses.Add(o.Address) });
                return record;
            case RemoveAddress o:
                Change(o, o.Ifname, l => l with { Addresses = l.Addresses.Remove(o.Address) });
                return record;
            case AddRoute o:
                Refuse(State.Link(o.Ifname) is { IsUp: false }, o, Errno.ENETDOWN);
                Change(o, o.Ifname, l => l with { Routes = l.Routes.Add(new ObservedRoute(o.Destination, true)) });
                return record;
            case RemoveRoute o:
                Change(o, o.Ifname, l => l with { Routes = l.Routes.RemoveAll(r => r.Destination == o.Destination) });
                return record;
            default:
                throw new NotSupportedException($"the twin does not know {operation.GetType().Name}");
        }
    }

    private WireGuardDevice Patched(WireGuardDevice device, DevicePatch patch)
    {
        var peers = device.Peers;
        foreach (var p in patch.Peers)
        {
            var old = peers.FirstOrDefault(o => o.PublicKey.Equals(p.PublicKey));
            peers = old is null ? peers : peers.Remove(old);
            if (p.Remove || (old is null && !p.IsNew))
            {
                continue;
            }

            old ??= new WireGuardPeer(p.PublicKey, null, null, 0, null, 0, 0, []);
            peers = peers.Add(old with
            {
                PresharedKey = p.PresharedKey is { } psk ? fingerprintOf(psk) : p.ClearPresharedKey ? null : old.PresharedKey,
                Endpoint = p.Endpoint ?? old.Endpoint,
                PersistentKeepalive = p.PersistentKeepalive ?? old.PersistentKeepalive,
                AllowedIps = p.AllowedIps ?? old.AllowedIps,
            });
        }

        return new WireGuardDevice(
            patch.PrivateKey is { } key ? publicKeyOf(key) : device.PublicKey,
            patch.ListenPort ?? device.ListenPort,
            patch.FirewallMark ?? device.FirewallMark,
            peers);
    }

    private void AddLink(string ifname, string kind, int mtu)
    {
        State = State with { Links = State.Links.Add(new ObservedLink(ifname, ++_lastNumber, kind, mtu, false, [], [])) };
        SetDevice(ifname, new WireGuardDevice(null, 0, 0, []));
    }

    private void RemoveLink(string ifname) => State = State with
    {
        Links = State.Links.RemoveAll(l => l.Ifname == ifname),
        Devices = State.Devices.Remove(ifname),
    };

    private void SetDevice(string ifname, WireGuardDevice device) =>
        State = State with { Devices = State.Devices.SetItem(ifname, device) };

    private void SetEngine(string ifname, ObservedEngine engine) =>
        State = State with { Engines = State.Engines.SetItem(ifname, engine) };

    private void Change(Operation operation, string ifname, Func<ObservedLink, ObservedLink> change)
    {
        var link = State.Link(ifname);
        Refuse(link is null, operation, Errno.ENODEV);
        State = State with { Links = State.Links.Replace(link!, change(link!)) };
    }

    private void RequireNetns(Operation operation) =>
        Refuse(State.Netns != NetnsPresence.Present, operation, Errno.ENOENT);

    private static void Refuse(bool condition, Operation operation, Errno errno)
    {
        if (condition)
        {
            throw new KernelException(operation.Describe(), errno);
        }
    }
}
