using Wgns.Configuration;
using Wgns.Engine;
using Wgns.Firewall;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>The real machine: operations by netlink, libnftables, files and processes. One for each run.</summary>
/// <param name="birthplace">The machine's netns, borrowed, from which devices come unless they say another; null is the one that this process is in.</param>
public sealed partial class LinuxMachine(RuntimePaths paths, KeyRing keys, IDevices devices, Netns? birthplace = null) : IMachine, IDisposable
{
    private readonly NetnsDirectory _directory = new(paths.Netns);
    private readonly OpenBirthplaces _birthplaces = new();
    private readonly Dictionary<EngineRecord, WaitingEngine> _waiting = [];
    private Netns? _netns;
    private Rtnl? _inside;
    private Rtnl? _birthplace;

    /// <summary>Ends a hook of the way up that is waited for: it may take long, and whoever waits may lose patience.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>
    /// Begins what takes long and is not seen before its turn: engines of our own. Not where one is to be stopped, whose
    /// socket and arguments the next has again.
    /// </summary>
    public void Prepare(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var operations = plan.Steps.Select(s => s.Do).ToList();
        foreach (var engine in operations.Exists(o => o is StopEngine) ? [] : operations.OfType<StartEngine>().Select(o => o.Engine))
        {
            if (engine is { Inside: not null, Birthplace: null })
            {
                _waiting[engine] = WaitingEngine.Start(engine);
            }
        }
    }

    public StateRecord Apply(Operation operation, StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        switch (operation)
        {
            case CreateNetns o:
                return Made(record, o.Name, Create(o.Name));
            case NameOwnNetns o:
                return Made(record, o.Name, NameOwn(o.Name));
            case DeleteNetns o:
                Delete(o.Name);
                return record;
            case SetLoopbackUp o:
                Inside(o.Name).SetLink(LinkOf(o.Name, "lo"), new LinkChange(Up: true));
                return record;
            case SetLoopbackDown o:
                Inside(o.Name).SetLink(LinkOf(o.Name, "lo"), new LinkChange(Up: false));

                // The kernel gives it with the first "up", and once more with the next.
                Inside(o.Name).DelAddress(LinkOf(o.Name, "lo"), new Cidr(System.Net.IPAddress.Loopback, 8));
                return record;
            case DeleteRuleset o:
                return Delete(o, record);
            case SetSysctl o:
                Sysctl.Write(Open(o.Name).Fd, o.Key, o.Value);
                return record;
            case LoadRuleset o:
                return Load(o, record);
            case CreateDirectory or RemoveDirectory or WriteFile or RemoveFile or LinkSocket:
                return ApplyToFiles(operation, record);
            case StartEngine o:
                return record.WithEngine(o.Ifname, EngineProcess.Start(
                    o.Engine, paths, _birthplaces.Open(o.Engine.Birthplace), _waiting.GetValueOrDefault(o.Engine), o.Device));
            case StopEngine o:
                EngineProcess.Stop(
                    Started(o, record), o.Engine.Birthplace is null ? BirthplaceLinks() : _birthplaces.TryLinks(o.Engine.Birthplace), o.LeavesDevice);
                return record.WithEngine(o.Ifname, o.Engine with { Pid = 0, StartTime = 0 });
            case ConfigureDevice o:
                Configure(o);
                return record;
            case RunHooks o:
                // What is on the way down is not given up: who interrupts an up has its hooks of the way down run.
                HookProcess.Run(o, paths, Open, o.Phase is HookPhase.PreUp or HookPhase.PostUp ? Stop : default);
                return record;
            default:
                return ApplyToHostLink(operation, record);
        }
    }

    /// <summary>
    /// With its pid, where the plan was made before it had one: an engine that was started and killed since has no arguments to be
    /// found by, and would stay, a zombie, as long as we do.
    /// </summary>
    private static EngineRecord Started(StopEngine o, StateRecord record) =>
        o.Engine.Pid == 0 && record.Interface(o.Ifname)?.Engine is { } started && started.TemporaryName == o.Engine.TemporaryName ? started : o.Engine;

    public void Dispose()
    {
        foreach (var engine in _waiting.Values)
        {
            engine.Dispose();
        }

        _birthplaces.Dispose();
        _inside?.Dispose();
        _birthplace?.Dispose();
        _netns?.Dispose();
    }

    private StateRecord Made(StateRecord record, string name, Netns netns)
    {
        try
        {
            return record with { Netns = netns.Identity, NetnsCookie = NetnsCookie.Of(netns) };
        }
        catch
        {
            // Not recorded it would be somebody else's from here on, to whoever takes back, and to every up.
            Delete(name);
            throw;
        }
    }

    private Netns Create(string name)
    {
        Forget();
        return _netns = _directory.TryCreate(name)
            ?? throw new KernelException($"create namespace {name}", Errno.EEXIST);
    }

    private Netns NameOwn(string name)
    {
        Forget();
        return _netns = _directory.TryName(name)
            ?? throw new KernelException($"name this network namespace {name}", Errno.EEXIST);
    }

    private void Delete(string name)
    {
        Forget();
        if (_directory.Delete(name) == NetnsDeletion.Foreign)
        {
            throw new OperationFailedException($"{_directory.PathOf(name)} is no network namespace, so it stays");
        }
    }

    private StateRecord Load(LoadRuleset o, StateRecord record)
    {
        var netns = Open(o.Name);
        var before = RulesCheck.Includes(o.Text) ? RulesReader.Rules(netns, o.IsWhole) : null;
        var result = NftNetns.Load(netns.Fd, o.Commands);
        if (!result.Succeeded)
        {
            throw new OperationFailedException($"nft refused the rules: {result.ErrorText.Trim()}");
        }

        var listing = RulesReader.Rules(netns, o.IsWhole);
        if (before is not null && !RulesListing.Stands(listing, DefaultRuleset.Table))
        {
            // The included file is another one than when it was checked.
            var back = NftNetns.Load(netns.Fd, new LoadRuleset(o.Name, RulesListing.Loadable(before), o.IsWhole).Commands);
            throw new OperationFailedException(
                $"a file that extraFirewallRules includes throws table {DefaultRuleset.Table} away"
                + (back.Succeeded ? "; the rules before it are loaded again" : $", and nft refused the rules before it: {back.ErrorText.Trim()}"));
        }

        return record with { RulesetText = RulesetPlan.Digest(o.Text), RulesetListing = RulesetPlan.DigestOfListing(listing) };
    }

    private StateRecord Delete(DeleteRuleset o, StateRecord record)
    {
        var result = NftNetns.Load(Open(o.Name).Fd, DeleteRuleset.Commands);
        return result.Succeeded
            ? record with { RulesetText = null, RulesetListing = null }
            : throw new OperationFailedException($"nft did not delete the rules: {result.ErrorText.Trim()}");
    }

    private Netns Open(string name)
    {
        if (_netns is null)
        {
            _netns = _directory.Open(name) is NetnsLookup.Found found
                ? found.Netns
                : throw new KernelException($"open namespace {name}", Errno.ENOENT);
        }

        return _netns;
    }

    /// <summary>rtnetlink inside: the socket is opened there, by a thread that lives for nothing else, and used from here.</summary>
    private Rtnl Inside(string name) => _inside ??= NetnsThread.Run(Open(name).Fd, Rtnl.Open);

    private Rtnl BirthplaceLinks() => _birthplace ??= birthplace is null ? Rtnl.Open() : NetnsThread.Run(birthplace.Fd, Rtnl.Open);

    private void Forget()
    {
        _inside?.Dispose();
        _netns?.Dispose();
        (_inside, _netns) = (null, null);
    }
}
