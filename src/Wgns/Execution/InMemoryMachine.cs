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
    private readonly Dictionary<string, Engine> _engines = [];
    private readonly Dictionary<string, string> _sockets = [];
    private readonly Dictionary<string, string> _pairs = [];
    private int _lastNumber = 100;

    /// <summary>What is there, the record left out: that is the store's. Set it to play what others do to a machine.</summary>
    public ObservedState State { get; set; } = state;

    /// <summary>Devices that stand in the birthplace netns, by temporary name, with the interface they are for.</summary>
    public IReadOnlyDictionary<string, string> Outside =>
        _engines.Where(e => !e.Value.IsMoved).ToDictionary(e => e.Key, e => e.Value.Ifname);

    /// <summary>Running engines, by temporary name, with their process.</summary>
    public IReadOnlyDictionary<string, int> Engines => _engines.ToDictionary(e => e.Key, e => e.Value.Pid);

    /// <summary>Symbolic links beside UAPI sockets, with what they lead to.</summary>
    public IReadOnlyDictionary<string, string> Sockets => _sockets;

    /// <summary>Commands of hooks that were run, in their order.</summary>
    public IList<string> Hooks { get; } = [];

    /// <summary>Hooks with this in their command fail.</summary>
    public string? FailingHook { get; set; }

    /// <summary>What an observer sees who has <paramref name="record"/> to go by: engines are known by it alone.</summary>
    public ObservedState Observe(StateRecord? record)
    {
        var known = (record?.Interfaces ?? [])
            .Where(i => i.Engine is not null)
            .ToDictionary(i => i.Ifname, i => Find(i.Engine!));
        return State with
        {
            Record = record,
            Engines = known.ToImmutableDictionary(
                k => k.Key,
                k => k.Value is { } e ? new ObservedEngine(e.Pid, !e.IsMoved, true) : new ObservedEngine(0, false, false)),
            Devices = State.Links
                .Select(l => (l.Ifname, Device: l.Kind == "tun"
                    ? known.GetValueOrDefault(l.Ifname)?.Device
                    : State.Devices.GetValueOrDefault(l.Ifname)))
                .Where(d => d.Device is not null)
                .ToImmutableDictionary(d => d.Ifname, d => d.Device!),
        };
    }

    /// <summary>Ends an engine as a crash would: its device goes with it, and nothing is written down.</summary>
    public void KillEngine(string temporaryName)
    {
        if (_engines.Remove(temporaryName, out var engine) && engine.IsMoved && State.Link(engine.Ifname)?.Kind == "tun")
        {
            RemoveLink(engine.Ifname);
        }
    }

    public StateRecord Apply(Operation operation, StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        switch (operation)
        {
            case CreateNetns or NameOwnNetns:
                Refuse(State.Netns != NetnsPresence.Absent, operation, Errno.EEXIST);
                var identity = new NetnsIdentity(4, (ulong)++_lastNumber);
                State = State with { Netns = NetnsPresence.Present, NetnsIdentity = identity };
                return record with { Netns = identity };
            case DeleteNetns:
                // A TUN goes with its netns, and an engine with its TUN.
                foreach (var moved in _engines.Where(e => e.Value.IsMoved).Select(e => e.Key).ToList())
                {
                    _engines.Remove(moved);
                }

                // So does the host's end of a veth pair.
                _pairs.Clear();
                State = State with
                {
                    Outside = State.Outside with { Links = [] },
                    Netns = NetnsPresence.Absent,
                    NetnsIdentity = null,
                    LoopbackUp = false,
                    Sysctls = ImmutableDictionary<string, string>.Empty,
                    RulesetListing = null,
                    Links = [],
                    Devices = ImmutableDictionary<string, WireGuardDevice>.Empty,
                };
                return record;
            case SetLoopbackUp o:
                RequireNetns(o);
                State = State with { LoopbackUp = true };
                return record;
            case SetSysctl o:
                RequireNetns(o);
                State = State with { Sysctls = State.Sysctls.SetItem(o.Key, o.Value) };
                return record;
            case LoadRuleset o:
                RequireNetns(o);
                State = State with { RulesetListing = o.Text };
                return record with
                {
                    RulesetText = RulesetPlan.Digest(o.Text),
                    RulesetListing = RulesetPlan.DigestOfListing(o.Text),
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
            case RunHooks o:
                Run(o);
                return record;
            default:
                return ApplyToLink(operation, record);
        }
    }

    private void Run(RunHooks o)
    {
        foreach (var hook in o.Hooks)
        {
            Refuse(hook.Where == Configuration.HookPlace.Namespace && State.Netns != NetnsPresence.Present, o, Errno.ENOENT);
            Hooks.Add(hook.Command);
        }

        if (FailingHook is { } failing && o.Hooks.Any(h => h.Command.Contains(failing, StringComparison.Ordinal)))
        {
            throw new OperationFailedException($"{o.Describe()}: it ended with status 1");
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
                Refuse(_engines.ContainsKey(o.Engine.TemporaryName), o, Errno.EEXIST);
                Refuse(o.Engine.Inside is not null && State.Link(o.Ifname) is not null, o, Errno.EBUSY);
                _engines[o.Engine.TemporaryName] = new Engine(o.Ifname, ++_lastNumber, o.Engine.Inside is not null, Blank);
                if (o.Engine.Inside is not null)
                {
                    AddLink(o.Ifname, "tun", 1500);
                }

                return record.With(new InterfaceRecord(o.Ifname, o.Engine with { Pid = _lastNumber, StartTime = 1 }));
            case StopEngine o:
                if (Find(o.Engine) is not null)
                {
                    KillEngine(o.Engine.TemporaryName);
                }

                if (o.Engine.Symlink is { } link && _sockets.GetValueOrDefault(link) == o.Engine.Socket)
                {
                    _sockets.Remove(link);
                }

                return record.With(new InterfaceRecord(o.Ifname, o.Engine with { Pid = 0, StartTime = 0 }));
            case MoveLink o:
                RequireNetns(o);
                Refuse(!Outside.ContainsKey(o.TemporaryName), o, Errno.ENODEV);
                Refuse(State.Link(o.Ifname) is not null, o, Errno.EEXIST);
                _engines[o.TemporaryName] = _engines[o.TemporaryName] with { IsMoved = true };
                AddLink(o.Ifname, "tun", 1420);
                return record;
            case LinkSocket o:
                // A name that is taken is left to its owner.
                _sockets.TryAdd(o.Symlink, o.Target);
                return record;
            case ConfigureDevice { Engine: { } engine } o:
                Refuse(!_engines.ContainsKey(engine.TemporaryName), o, Errno.ENODEV);
                var running = _engines[engine.TemporaryName];
                _engines[engine.TemporaryName] = running with { Device = Patched(running.Device, o.Patch) };
                return record;
            case ConfigureDevice o:
                Refuse(!State.Devices.ContainsKey(o.Ifname), o, Errno.ENODEV);
                SetDevice(o.Ifname, Patched(State.Devices[o.Ifname], o.Patch));
                return record;
            default:
                return ApplyToHost(operation, record);
        }
    }

    private StateRecord ApplyToHost(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case LoadHostRules o:
                State = State with { Outside = State.Outside with { Tables = State.Outside.Tables.SetItem(o.Table, o.Text) } };
                var (text, listing) = (RulesetPlan.Digest(o.Text), RulesetPlan.DigestOfListing(o.Text));
                return record with
                {
                    HostLinks = [.. record.HostLinks.Select(l => l.Name.Table == o.Table ? l with { RulesText = text, RulesListing = listing } : l)],
                };
            case DeleteHostRules o:
                State = State with { Outside = State.Outside with { Tables = State.Outside.Tables.Remove(o.Table) } };
                return record;
            case CreateHostLink o:
                RequireNetns(o);
                Refuse(State.Outside.Link(o.Link.HostIfname) is not null || State.Link(o.Link.Ifname) is not null, o, Errno.EEXIST);
                _pairs[o.Link.HostIfname] = o.Link.Ifname;
                AddLink(o.Link.Ifname, "veth", 1500);
                Change(o, o.Link.Ifname, l => WithConnected(l with { IsUp = true, Addresses = o.NamespaceAddresses }));
                var host = WithConnected(new ObservedLink(o.Link.HostIfname, ++_lastNumber, "veth", 1500, true, o.HostAddresses, []));
                State = State with { Outside = State.Outside with { Links = State.Outside.Links.Add(host) } };
                return record;
            case DeleteHostLink o:
                if (_pairs.Remove(o.Link.HostIfname, out var inside))
                {
                    State = State with { Outside = State.Outside with { Links = State.Outside.Links.RemoveAll(l => l.Ifname == o.Link.HostIfname) } };
                    RemoveLink(inside);
                }

                return record;
            default:
                return ApplyToNetwork(operation, record);
        }
    }

    private StateRecord ApplyToNetwork(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case SetMtu o:
                Change(o, o.Ifname, l => l with { Mtu = o.Mtu });
                return record;
            case SetLinkUp o:
                Change(o, o.Ifname, l => WithConnected(l with { IsUp = true }));
                return record;
            case SetLinkDown o:
                Change(o, o.Ifname, l => l with { IsUp = false, Routes = [] });
                return record;
            case AddAddress o:
                Change(o, o.Ifname, l => l.Addresses.Contains(o.Address) ? l : WithConnected(l with { Addresses = l.Addresses.Add(o.Address) }));
                return record;
            case RemoveAddress o:
                Change(o, o.Ifname, l => WithConnected(WithoutAddress(l, o.Address)));
                return record;
            case AddRoute o:
                Refuse(State.Link(o.Ifname) is { IsUp: false }, o, Errno.ENETDOWN);
                // One destination, one route: what another link had goes over to this one.
                State = State with { Links = [.. State.Links.Select(l => WithoutRoute(l, o.Destination))] };
                Change(o, o.Ifname, l => l with { Routes = l.Routes.Add(new ObservedRoute(o.Destination, true)) });
                return record;
            case RemoveRoute o:
                Change(o, o.Ifname, l => WithoutRoute(l, o.Destination));
                return record;
            default:
                throw new NotSupportedException($"the twin does not know {operation.GetType().Name}");
        }
    }

    /// <summary>By the pid, where one was written down; only before that by the name.</summary>
    private Engine? Find(EngineRecord record) =>
        _engines.GetValueOrDefault(record.TemporaryName) is { } engine && (record.Pid == 0 || record.Pid == engine.Pid) ? engine : null;

    private static WireGuardDevice Blank => new(null, 0, 0, []);

    private static ObservedLink WithoutRoute(ObservedLink link, Cidr destination) =>
        link with { Routes = link.Routes.RemoveAll(r => r.IsOurs && r.Destination == destination) };

    // The kernel's own routes: to the subnets of the addresses of a link that is up.
    private static ObservedLink WithConnected(ObservedLink link) => link with
    {
        Routes =
        [
            .. link.Routes.Where(r => r.IsOurs),
            .. (link.IsUp ? link.Addresses : [])
                .Where(a => a.IsIPv6 || a.PrefixLength < 32)
                .Select(a => new ObservedRoute(a.Masked(), false))
                .Distinct(),
        ],
    };

    // As net/ipv4/devinet.c does without promote_secondaries: the first address of a subnet takes the others with it,
    // and the last IPv4 address takes the IPv4 routes.
    private static ObservedLink WithoutAddress(ObservedLink link, Cidr address)
    {
        if (address.IsIPv6 || !link.Addresses.Contains(address))
        {
            return link with { Addresses = link.Addresses.Remove(address) };
        }

        var isFirst = link.Addresses.First(a => !a.IsIPv6 && a.Masked() == address.Masked()) == address;
        var left = link.Addresses.RemoveAll(a => a == address || (isFirst && !a.IsIPv6 && a.Masked() == address.Masked()));
        return link with
        {
            Addresses = left,
            Routes = left.Any(a => !a.IsIPv6) ? link.Routes : link.Routes.RemoveAll(r => !r.Destination.IsIPv6),
        };
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
        State = State with
        {
            Links = State.Links.Add(new ObservedLink(ifname, ++_lastNumber, kind, mtu, false, [], [])),
            Sysctls = State.Sysctls.SetItems(State.Sysctls
                .Where(s => s.Key.Contains("/default/", StringComparison.Ordinal))
                .Select(s => KeyValuePair.Create(s.Key.Replace("/default/", $"/{ifname}/", StringComparison.Ordinal), s.Value))),
        };
        if (kind == "wireguard")
        {
            SetDevice(ifname, Blank);
        }
    }

    private void RemoveLink(string ifname) => State = State with
    {
        Sysctls = State.Sysctls.RemoveRange(State.Sysctls.Keys.Where(k => k.Contains($"/{ifname}/", StringComparison.Ordinal))),
        Links = State.Links.RemoveAll(l => l.Ifname == ifname),
        Devices = State.Devices.Remove(ifname),
    };

    private void SetDevice(string ifname, WireGuardDevice device) =>
        State = State with { Devices = State.Devices.SetItem(ifname, device) };

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

    /// <param name="IsMoved">Its device is inside, under the interface's name.</param>
    private sealed record Engine(string Ifname, int Pid, bool IsMoved, WireGuardDevice Device);
}
