using System.Collections.Immutable;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Rtnetlink;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>
/// The machine's twin in memory: each operation changes an <see cref="ObservedState"/> as the kernel would be changed
/// by it, and refuses what the kernel refuses. Plans can be run, cut short and run again on it without root.
/// </summary>
/// <param name="publicKeyOf">The public key of the private key at a reference.</param>
public sealed partial class InMemoryMachine(
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
                k => k.Value is { } e ? new ObservedEngine(e.Pid, true) : new ObservedEngine(0, false)),
            Devices = State.Links
                .Select(l => (l.Ifname, Device: l.Kind == LinkKind.Tun
                    ? known.GetValueOrDefault(l.Ifname)?.Device
                    : State.Devices.GetValueOrDefault(l.Ifname)))
                .Where(d => d.Device is not null)
                .ToImmutableDictionary(d => d.Ifname, d => d.Device!),
        };
    }

    public StateRecord Apply(Operation operation, StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        switch (operation)
        {
            case CreateNetns or NameOwnNetns:
                Refuse(State.Netns != NetnsPresence.Absent, operation, Errno.EEXIST);
                var identity = new NetnsIdentity(4, (ulong)++_lastNumber);
                State = State with { Netns = NetnsPresence.Present, NetnsIdentity = identity, NetnsCookie = identity.Inode };
                return record with { Netns = identity, NetnsCookie = identity.Inode };
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
                    NetnsCookie = null,
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
            case SetLoopbackDown o:
                RequireNetns(o);
                State = State with { LoopbackUp = false };
                return record;
            case DeleteRuleset o:
                RequireNetns(o);
                State = State with { RulesetListing = string.Empty };
                return record with { RulesetText = null, RulesetListing = null };
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
