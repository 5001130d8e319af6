using System.Net;
using Wgns.Configuration;
using Wgns.Engine;
using Wgns.Execution;
using Wgns.Linux.WireGuard;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Resolution;

namespace Wgns.Lifecycle;

/// <summary>Everything of this machine that the lifecycle of a namespace needs, made once for each command.</summary>
public sealed class NamespaceHost(RuntimePaths paths, Func<SecretKey, WireGuardKey> publicKeyOf, Lookup lookup) : IDisposable
{
    private readonly HostBirthplace _birthplace = new(publicKeyOf, lookup);

    public RuntimePaths Paths { get; } = paths;

    /// <summary>Called with the namespace's name before a wait for another command on it.</summary>
    public Action<string>? Waiting { get; init; }

    public StateDirectory Store { get; } = new StateDirectory(paths);

    public IDevices Devices { get; } = new LinuxDevices(publicKeyOf);

    /// <summary>Whether this kernel runs WireGuard itself; asking makes it load the module.</summary>
    public bool HasKernelWireGuard => _birthplace.HasKernelWireGuard;

    /// <summary>The MTU in bytes of the way to an address, null where there is none now.</summary>
    public int? MtuTowards(IPAddress address, uint mark) => _birthplace.MtuTowards(address, mark);

    public Observer Observer => new(Devices, Paths);

    public Resolver Resolver => new(_birthplace, Paths);

    /// <summary>Answers what this machine knows by itself, and asks no name server.</summary>
    public Resolver OfflineResolver => new(new OfflineBirthplace(_birthplace), Paths);

    /// <summary>One command at a time for each namespace; others wait.</summary>
    public NamespaceLock Lock(string name) => NamespaceLock.Take(Paths, name, () => Waiting?.Invoke(name));

    /// <summary>Everything that a configuration speaks of.</summary>
    public Scope ScopeOf(NamespaceConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new Scope(
            [Paths.EtcNetns, Paths.EtcNetnsOf(config.Name), .. DnsFilesOf(config.Name)],
            [.. config.Interfaces.Select(i => i.Ifname)],
            Ruleset: true,
            Processes: false)
        {
            HostLinks = config.HostLink is { } link
                ? [new HostLinkName(link.HostInterface, link.NamespaceInterface, HostLinkConfig.TableOf(config.Name))]
                : [],
            Sysctls = links => SysctlPlan.Keys(config.Interfaces.Select(i => i.Ifname).Intersect(links)),
        };
    }

    /// <summary>resolv.conf and nsswitch.conf of a namespace.</summary>
    public IReadOnlyCollection<string> DnsFilesOf(string name) => [Paths.ResolvConf(name), Paths.NsswitchConf(name)];

    public void Dispose() => _birthplace.Dispose();
}
