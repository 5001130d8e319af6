using System.Diagnostics;
using System.Net;
using Wgns.Configuration;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Observation;
using Wgns.Planning;
using Wgns.Systemd;

namespace Wgns.Supervision;

/// <summary>Where a supervisor gets from what it needs of this machine.</summary>
/// <param name="Load">Reads the configuration, with its keys and with everything that is wrong with it.</param>
/// <param name="Query">Looks a name up, in the birthplace netns.</param>
/// <param name="WatchdogPause">How often the watchdog wants to hear of us; null where there is none.</param>
public sealed record SupervisorParts(
    Func<LoadedConfig> Load, Func<string, IPAddress[]> Query, TimeSpan? WatchdogPause, ISupervision Outside);

/// <summary>
/// Brings a namespace up and keeps it as its configuration says. Everything that matters is in the kernel, in files and
/// in engines: it may be killed at any time, and another goes on where it was.
/// </summary>
/// <remarks>One thread, which sleeps in one poll(2); lookups have threads of their own while they last.</remarks>
public sealed partial class Supervisor : IDisposable
{
    private readonly NamespaceHost _host;
    private readonly SupervisorParts _parts;
    private readonly Bell _bell = new();
    private readonly NameLookups _lookups;
    private readonly EndpointNames _names = new();
    private readonly HashSet<string> _answered = new(StringComparer.OrdinalIgnoreCase);
    private readonly StaleHandshakes _stale = new();
    private readonly RecordStamp _stamp;
    private readonly Pace _pace;
    private readonly PublishedProxies _proxies;
    private LoadedConfig _loaded;
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _reloadAsked;

    /// <param name="loaded">A configuration without errors, with its keys; the supervisor disposes it.</param>
    /// <param name="host">Makes the host with the lookup that the supervisor gives: of names that it knows, without a wait.</param>
    public Supervisor(LoadedConfig loaded, Func<Resolution.Lookup, NamespaceHost> host, SupervisorParts parts)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(parts);
        (_loaded, _parts) = (loaded, parts);
        _host = host(new Resolution.Lookup(KnownAddresses, _ => { }));
        _lookups = new NameLookups(Ask, _bell.Ring);
        _stamp = new RecordStamp(_host.Paths, loaded.Config!.Name);
        _pace = new Pace(Now);
        _proxies = new PublishedProxies(_host.Paths, UnitFiles.Directory, Outside.Say);
        _status = new StatusLine(Config.Name, IsReady: false, [], [], null, null);
    }

    private NamespaceConfig Config => _loaded.Config!;

    private ISupervision Outside => _parts.Outside;

    /// <summary>CLOCK_MONOTONIC, which is what Stopwatch reads and what the service manager compares with.</summary>
    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    // On a thread of its own: in the birthplace netns, where the configuration names another than this one.
    private System.Net.IPAddress[] Ask(string host) =>
        _host.BirthplacePath(Config) is { } path ? new Resolution.NamespaceDns(path, _host.Paths).Find(host) : _parts.Query(host);

    /// <summary>
    /// From any thread: ends <see cref="Run"/>, and leaves everything as it is. A hook of the way up that hangs is ended, and the run
    /// it is part of taken back, as `up` does.
    /// </summary>
    public void Stop()
    {
        _stop.Cancel();
        _bell.Ring();
    }

    /// <summary>From any thread: reads the configuration again.</summary>
    public void Reload()
    {
        _reloadAsked = true;
        _bell.Ring();
    }

    /// <summary>Returns when it is over.</summary>
    public SupervisionEnd Run()
    {
        Outside.Notify(NotifyText.Status($"bringing {Config.Name} up"));
        _host.Paths.CreateState();
        _names.Follow(Config, Now);
        LookUpDue();
        if (!BringUp())
        {
            return _stop.IsCancellationRequested ? SupervisionEnd.Asked : SupervisionEnd.Failed;
        }

        BeginToWait();
        while (true)
        {
            if (Turn() is { } end)
            {
                Outside.Notify(NotifyText.Stopping(end == SupervisionEnd.NotReady ? $"not ready: {_status}" : $"{Config.Name} is left as it is"));
                return end;
            }

            Trim(NextTurn());

            // What happened is found by looking: who rang is not asked.
            if (Sleep.Until(Sources(), Until(NextTurn())).Any(s => s != _bell))
            {
                _pace.Told(Now);
            }
        }
    }

    public void Dispose()
    {
        _proxies.Dispose();
        _files?.Dispose();
        _routing?.Dispose();
        _rules?.Dispose();
        _hostRules?.Dispose();
        _host.Dispose();
        _loaded.Dispose();
        _bell.Dispose();
        _stop.Dispose();
    }

    /// <summary>Everything that is due now; the end, where there is one.</summary>
    private SupervisionEnd? Turn()
    {
        TakeAnswers();
        if (_stop.IsCancellationRequested)
        {
            return SupervisionEnd.Asked;
        }

        if (_reloadAsked)
        {
            _reloadAsked = false;
            ReadAgain();
        }

        LookUpDue();
        if (_pace.IsDue(Now) && Look() is { } end)
        {
            return end;
        }

        _proxies.Tend(Config, Now);
        PingWatchdog();
        var late = WaitForHandshakes();
        TellStatus();
        return late;
    }

    private bool BringUp()
    {
        // Hooks are waited for, each as long as it may take.
        if (Config.Hooks.LongestUp > TimeSpan.Zero)
        {
            Outside.Notify(NotifyText.Extend(Config.Hooks.LongestUp + NotifyText.Extension));
        }

        var result = Converge(EndpointRule.Everything);
        Outside.Applied(result.Report!);
        if (result.Report is { Succeeded: true })
        {
            Watch();
            return true;
        }

        return false;
    }

    private static TimeSpan Until(TimeSpan next) => next > Now ? next - Now : TimeSpan.Zero;

    private TimeSpan NextTurn() =>
        ((TimeSpan?[])[_pace.Next, _names.Next, NextPing, _poll, _proxies.Next]).Min() ?? _pace.Next;

    private Convergence Converge(EndpointRule rule) => new NamespaceRun(_host).Converge(
        Config, _loaded.Keys!, (desired, observed) => rule.Apply(desired, observed, _names.AddressesOf), _stamp, _stop.Token);
}
