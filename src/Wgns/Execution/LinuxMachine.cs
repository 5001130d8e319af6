using Wgns.Configuration;
using Wgns.Engine;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.Nftables;
using Wgns.Linux.Rtnetlink;
using Wgns.Observation;
using Wgns.Planning;

namespace Wgns.Execution;

/// <summary>The real machine: operations by netlink, libnftables, files and processes. One for each run.</summary>
/// <param name="birthplace">The netns that engines' devices come from, borrowed; null is the one that this process is in.</param>
public sealed partial class LinuxMachine(RuntimePaths paths, KeyRing keys, IDevices devices, Netns? birthplace = null) : IMachine, IDisposable
{
    private readonly NetnsDirectory _directory = new(paths.Netns);
    private Netns? _netns;
    private Rtnl? _inside;
    private Rtnl? _birthplace;

    public StateRecord Apply(Operation operation, StateRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        switch (operation)
        {
            case CreateNetns o:
                return record with { Netns = Create(o.Name).Identity };
            case NameOwnNetns o:
                return record with { Netns = NameOwn(o.Name).Identity };
            case DeleteNetns o:
                Delete(o.Name);
                return record;
            case SetLoopbackUp o:
                Inside(o.Name).SetLink(LinkOf(o.Name, "lo"), new LinkChange(Up: true));
                return record;
            case SetSysctl o:
                Sysctl.Write(Open(o.Name).Fd, o.Key, o.Value);
                return record;
            case LoadRuleset o:
                return Load(o, record);
            case CreateDirectory or RemoveDirectory or WriteFile or RemoveFile or LinkSocket:
                return ApplyToFiles(operation, record);
            case StartEngine o:
                return record.With(new InterfaceRecord(o.Ifname, EngineProcess.Start(o.Engine, paths)));
            case StopEngine o:
                EngineProcess.Stop(o.Engine, BirthplaceLinks());
                return record.With(new InterfaceRecord(o.Ifname, o.Engine with { Pid = 0, StartTime = 0 }));
            case ConfigureDevice o:
                Configure(o);
                return record;
            case RunHooks o:
                HookProcess.Run(o, paths, Open);
                return record;
            default:
                return ApplyToHostLink(operation, record);
        }
    }

    public void Dispose()
    {
        _inside?.Dispose();
        _birthplace?.Dispose();
        _netns?.Dispose();
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
        var result = NftNetns.Load(netns.Fd, "flush ruleset\n" + o.Text);
        return result.Succeeded
            ? record with
            {
                RulesetText = RulesetPlan.Digest(o.Text),
                RulesetListing = RulesetPlan.DigestOfListing(Observer.Listing(netns)),
            }
            : throw new OperationFailedException($"nft refused the rules: {result.ErrorText.Trim()}");
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
