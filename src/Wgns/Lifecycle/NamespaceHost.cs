using System.Net;
using Wgns.Configuration;
using Wgns.Diagnostics;
using Wgns.Engine;
using Wgns.Execution;
using Wgns.Linux;
using Wgns.Linux.Namespaces;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Resolution;

namespace Wgns.Lifecycle;

/// <summary>Everything of this machine that the lifecycle of a namespace needs, made once for each command.</summary>
public sealed class NamespaceHost(RuntimePaths paths, Func<SecretKey, WireGuardKey> publicKeyOf, Lookup lookup) : IDisposable
{
    private readonly HostBirthplace _birthplace = new(publicKeyOf, lookup);
    private readonly Dictionary<string, HostBirthplace> _others = [];

    public RuntimePaths Paths { get; } = paths;

    /// <summary>Called with the namespace's name before a wait for another command on it.</summary>
    public Action<string>? Waiting { get; init; }

    public StateDirectory Store { get; } = new StateDirectory(paths);

    public IDevices Devices { get; } = new LinuxDevices(publicKeyOf);

    /// <summary>Whether this kernel runs WireGuard itself; asking makes it load the module.</summary>
    public bool HasKernelWireGuard => _birthplace.HasKernelWireGuard;

    public Observer Observer => new(Devices, Paths);

    /// <summary>What a configuration asks of the outside; null, with an error said, where its birthplaceNamespace is not there.</summary>
    public Resolver? ResolverFor(NamespaceConfig config, List<Diagnostic> diagnostics) =>
        BirthplaceOf(config, diagnostics) is { } birthplace ? new Resolver(birthplace, Paths) : null;

    /// <summary>Answers what this machine knows by itself, and asks no name server.</summary>
    public Resolver? OfflineResolverFor(NamespaceConfig config, List<Diagnostic> diagnostics) =>
        BirthplaceOf(config, diagnostics) is { } birthplace ? new Resolver(new OfflineBirthplace(birthplace), Paths) : null;

    /// <summary>The file of the netns that a configuration's devices are born in; null is this one.</summary>
    public string? BirthplacePath(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.Birthplace is { } place ? Paths.NetnsPlace(place) : null;
    }

    private HostBirthplace? BirthplaceOf(NamespaceConfig config, List<Diagnostic> diagnostics)
    {
        if (BirthplacePath(config) is not { } path)
        {
            return _birthplace;
        }

        try
        {
            using var netns = Netns.OpenPath(path);
            if (_others.GetValueOrDefault(path) is { } known && known.Where!.Netns == netns.Identity)
            {
                return known;
            }

            _others.GetValueOrDefault(path)?.Dispose();
            var dns = new Lookup(new NamespaceDns(path, Paths).Find, Thread.Sleep);
            return _others[path] = new HostBirthplace(publicKeyOf, dns, new BirthplaceRecord(path, netns.Identity) { Cookie = NetnsCookie.Of(netns) }, netns);
        }
        catch (KernelException e) when (e.Errno == Errno.ENOENT || e.Errno == Errno.ESRCH || e.Errno == Errno.EINVAL)
        {
            diagnostics.Add(Diagnostic.Error(
                SourceSpan.WholeOf(config.Source),
                $"the birthplaceNamespace {config.Birthplace} {(e.Errno == Errno.EINVAL ? "is no network namespace" : "is not there")} ({path})",
                $"make it first: `wgns up {Path.GetFileName(path)}`, or whatever else makes it"));
            return null;
        }
    }

    /// <summary>One command at a time for each namespace; others wait.</summary>
    public NamespaceLock Lock(string name) => NamespaceLock.Take(Paths, name, () => Waiting?.Invoke(name));

    /// <summary>One command at a time of all that publish via links.</summary>
    /// <param name="name">The namespace that waits.</param>
    public NamespaceLock LockLinks(string name) => NamespaceLock.TakeLinks(Paths, () => Waiting?.Invoke(name));

    /// <summary>Everything that a configuration speaks of.</summary>
    public Scope ScopeOf(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new Scope(
            [Paths.EtcNetns, Paths.EtcNetnsOf(config.Name), .. DnsFilesOf(config.Name)],
            [.. config.Interfaces.Select(i => i.Ifname)],
            Ruleset: true,
            Processes: null)
        {
            IsShared = !config.IsManaged,
            HostLinks = config.HostLink is { } link
                ? [new HostLinkName(link.HostInterface, link.NamespaceInterface, HostLinkConfig.TableOf(config.Name))]
                : [],
            Sysctls = links => SysctlPlan.Keys(config.Interfaces.Select(i => i.Ifname).Intersect(links)),
        };
    }

    /// <summary>resolv.conf and nsswitch.conf of a namespace.</summary>
    public IReadOnlyCollection<string> DnsFilesOf(string name) => [Paths.ResolvConf(name), Paths.NsswitchConf(name)];

    public void Dispose()
    {
        _birthplace.Dispose();
        foreach (var other in _others.Values)
        {
            other.Dispose();
        }
    }
}
