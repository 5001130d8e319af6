using System.Net;
using System.Net.Sockets;
using Wgns.Lifecycle;
using Wgns.Linux.Events;
using Wgns.Linux.Namespaces;
using Wgns.Observation;
using Wgns.Systemd;

namespace Wgns.Supervision;

/// <summary>Looking at the namespace, and putting back what drifted.</summary>
public sealed partial class Supervisor
{
    private FileWatch? _files;
    private NetnsWatch? _routing;
    private NetnsWatch? _rules;
    private NetnsWatch? _hostRules;
    private NetnsIdentity? _watched;
    private TimeSpan? _overruled;

    private List<IEventSource> Sources() => [.. ((IEventSource?[])[_bell, _files, _routing, _rules, _hostRules]).OfType<IEventSource>(), .. _proxies.Sources];

    private SupervisionEnd? Look()
    {
        _isUntrimmed = true;
        try
        {
            return TryToLook();
        }
        catch (Exception e) when (ExpectedFailure.Is(e))
        {
            // Somebody may be taking things away under our eyes; the next look is at a pace that does no harm.
            Fail(e.Message);
            return null;
        }
    }

    private SupervisionEnd? TryToLook()
    {
        var result = Converge(new EndpointRule(false, _answered));
        if (result.Report is not { } report)
        {
            return OthersChanged();
        }

        _answered.Clear();
        _pace.Looked(Now, hadToAct: !report.Succeeded || result.Changed);
        if (!report.Succeeded || result.Changed)
        {
            Outside.PutBack(report, result.Observed!);
        }

        if (report.Succeeded)
        {
            _problem = null;
            _putBack = DriftWords.Summary(report.Plan!, result.Observed!) ?? _putBack;
            Watch();
        }
        else
        {
            _problem = "something drifted and cannot be put back, trying again";
        }

        Notice(result.Observed!);
        return null;
    }

    /// <summary>A command wrote the record: it reloaded the namespace, or took it down.</summary>
    private SupervisionEnd? OthersChanged()
    {
        var record = _host.Store.Load(Config.Name);
        if (record is null || (record.Interfaces.IsEmpty && !Config.Interfaces.IsEmpty))
        {
            Outside.Say($"{Config.Name} was taken down by another command: nothing is left to supervise");
            return SupervisionEnd.TakenDown;
        }

        if (ReadAgain())
        {
            // It was not what the file says, and may be made so again: at a pace that does no harm, as with all that drifts.
            _pace.Looked(Now, hadToAct: true);
            if (_overruled is { } last && Now - last < Pace.Regular * 2)
            {
                Outside.Say($"another command keeps on changing {Config.Name} to what {Config.Source} does not say: is there a second supervisor?");
            }

            _overruled = Now;
        }

        return null;
    }

    private void Fail(string problem)
    {
        _pace.Looked(Now, hadToAct: true);
        if (_problem != problem)
        {
            Outside.Say(problem);
        }

        _problem = problem;
    }

    private void Notice(ObservedState observed)
    {
        _missing = Readiness.Missing(Config, observed);
        foreach (var key in _stale.Look(observed, DateTimeOffset.UtcNow))
        {
            foreach (var peer in Config.Interfaces.SelectMany(i => i.Peers).Where(p => p.PublicKey.Equals(key) && p.Endpoint is { Address: null }))
            {
                _names.Hurry(peer.Endpoint!.Host, Now);
            }
        }
    }

    /// <summary>Listens where it does not yet; what was replaced is listened to anew.</summary>
    private void Watch()
    {
        _files ??= new FileWatch();
        var paths = _host.Paths;
        _files.Add(paths.StateFile(Config.Name));
        _files.Add(paths.NetnsFile(Config.Name));

        foreach (var publish in Config.Publish.Where(p => p.HasProxy))
        {
            // Where systemd begins to listen, or ends, a proxy of ours ends or begins.
            _files.Add($"{UnitFiles.Directory}/{PublishUnits.SocketOf(Config.Name, publish)}");
        }

        WatchHost();

        // Each within the one before: what is not there yet is seen to come.
        _ = _files.Add(paths.EtcNetnsOf(Config.Name)) && _files.Add(paths.ResolvConf(Config.Name)) && _files.Add(paths.NsswitchConf(Config.Name));
        if (new NetnsDirectory(paths.Netns).Open(Config.Name) is not NetnsLookup.Found found)
        {
            return;
        }

        using (found.Netns)
        {
            if (_watched != found.Netns.Identity)
            {
                _routing?.Dispose();
                _rules?.Dispose();
                _routing = NetnsWatch.Routing(found.Netns.Fd);
                _rules = NetnsWatch.Rules(found.Netns.Fd);
                _watched = found.Netns.Identity;

                // What changed between the run and this is told by nobody.
                _pace.Told(Now);
            }
        }
    }

    /// <summary>A firewall of the host's that is loaded anew takes all tables away, that of the host link among them.</summary>
    private void WatchHost()
    {
        if (Config.HostLink is null)
        {
            _hostRules?.Dispose();
            _hostRules = null;
        }
        else if (_hostRules is null)
        {
            using var host = Netns.OfThisThread();
            _hostRules = NetnsWatch.Rules(host.Fd);
            _pace.Told(Now);
        }
    }

    private void LookUpDue()
    {
        foreach (var host in _names.Due(Now))
        {
            _lookups.Start(host);
        }
    }

    private void TakeAnswers()
    {
        while (_lookups.Take() is { } answer)
        {
            if (answer.Problem is { } problem)
            {
                _names.Failed(answer.Host, problem, Now);
            }
            else if (_names.Answered(answer.Host, answer.Addresses, Now))
            {
                _answered.Add(answer.Host);
                _pace.Told(Now);
                ExpectHandshakes();
            }
        }
    }

    private IPAddress[] KnownAddresses(string host) =>
        _names.AddressesOf(host) is { Count: > 0 } addresses
            ? [.. addresses]
            : throw new SocketException((int)SocketError.HostNotFound, "it has not been looked up yet");
}
