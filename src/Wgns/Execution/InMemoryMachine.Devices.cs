using Wgns.Linux;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>WireGuard devices: the kernel's, and engines with theirs.</summary>
public sealed partial class InMemoryMachine
{
    /// <summary>Ends an engine as a crash would: its device goes with it, but for the embedded one's, and nothing is written down.</summary>
    public void KillEngine(string temporaryName)
    {
        if (_engines.Remove(temporaryName, out var engine) && engine is { IsMoved: true, IsEmbedded: false } && State.Link(engine.Ifname)?.Kind == LinkKind.Tun)
        {
            RemoveLink(engine.Ifname);
        }
    }

    private StateRecord ApplyToLink(Operation operation, StateRecord record)
    {
        switch (operation)
        {
            case CreateLink o:
                RequireNetns(o);
                Refuse(State.Link(o.Ifname) is not null, o, Errno.EEXIST);
                AddLink(o.Ifname, LinkKind.WireGuard, o.Mtu);
                return record;
            case DeleteLink o:
                RemoveLink(o.Ifname);
                return record;
            case StartEngine o:
                Refuse(_engines.ContainsKey(o.Engine.TemporaryName), o, Errno.EEXIST);
                var isEmbedded = o.Engine.Inside is not null;
                Refuse(isEmbedded && o.Device is null && State.Link(o.Ifname) is not null, o, Errno.EBUSY);
                Refuse(o.Device is { } device && State.Link(o.Ifname)?.Ifindex != device, o, Errno.ENODEV);
                var pid = ++_lastNumber;
                _engines[o.Engine.TemporaryName] = new Engine(o.Ifname, pid, isEmbedded, isEmbedded, Blank);
                if (isEmbedded && o.Device is null)
                {
                    AddLink(o.Ifname, LinkKind.Tun, 1500);
                    Change(o, o.Ifname, l => l with { Alias = o.Engine.TemporaryName });
                }

                return record.WithEngine(o.Ifname, o.Engine with { Pid = pid, StartTime = 1 });
            case StopEngine o:
                if (Find(o.Engine) is not null)
                {
                    KillEngine(o.Engine.TemporaryName);
                }

                if (!o.LeavesDevice && State.Link(o.Ifname)?.Alias == o.Engine.TemporaryName)
                {
                    RemoveLink(o.Ifname);
                }

                if (o.Engine.Symlink is { } link && _sockets.GetValueOrDefault(link) == o.Engine.Socket)
                {
                    _sockets.Remove(link);
                }

                return record.WithEngine(o.Ifname, o.Engine with { Pid = 0, StartTime = 0 });
            case MoveLink o:
                RequireNetns(o);
                Refuse(!Outside.ContainsKey(o.TemporaryName), o, Errno.ENODEV);
                Refuse(State.Link(o.Ifname) is not null, o, Errno.EEXIST);
                _engines[o.TemporaryName] = _engines[o.TemporaryName] with { IsMoved = true };
                AddLink(o.Ifname, LinkKind.Tun, 1420);
                return record;
            case LinkSocket o:
                // A name that is taken is left to its owner.
                _sockets.TryAdd(o.Symlink, o.Target);
                return record;
            case ConfigureDevice { Engine: { } engine } o:
                Refuse(!_engines.ContainsKey(engine.TemporaryName), o, Errno.ENODEV);
                RefuseTakenPort(o);
                var running = _engines[engine.TemporaryName];
                _engines[engine.TemporaryName] = running with { Device = Patched(running.Device, o.Patch) };
                return record;
            case ConfigureDevice o:
                Refuse(!State.Devices.ContainsKey(o.Ifname), o, Errno.ENODEV);
                RefuseTakenPort(o);
                SetDevice(o.Ifname, Patched(State.Devices[o.Ifname], o.Patch));
                return record;
            default:
                return ApplyToHost(operation, record);
        }
    }

    /// <summary>By the pid, where one was written down; only before that by the name.</summary>
    private Engine? Find(EngineRecord record) =>
        _engines.GetValueOrDefault(record.TemporaryName) is { } engine && (record.Pid == 0 || record.Pid == engine.Pid) ? engine : null;

    /// <summary>All are in one birthplace here.</summary>
    private void RefuseTakenPort(ConfigureDevice o) => Refuse(
        o.Patch.ListenPort is { } port and not 0
            && (State.Devices.Any(d => d.Key != o.Ifname && d.Value.ListenPort == port)
                || _engines.Values.Any(e => e.Ifname != o.Ifname && e.Device.ListenPort == port)),
        o,
        Errno.EADDRINUSE);

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

    private void SetDevice(string ifname, WireGuardDevice device) =>
        State = State with { Devices = State.Devices.SetItem(ifname, device) };

    private static WireGuardDevice Blank => new(null, 0, 0, []);

    /// <param name="IsMoved">Its device is inside, under the interface's name.</param>
    private sealed record Engine(string Ifname, int Pid, bool IsMoved, bool IsEmbedded, WireGuardDevice Device);
}
