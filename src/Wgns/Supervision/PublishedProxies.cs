using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Lifecycle;
using Wgns.Linux;
using Wgns.Linux.Events;
using Wgns.Linux.Processes;
using Wgns.Publishing;
using Wgns.Systemd;

namespace Wgns.Supervision;

/// <summary>
/// The proxies of a supervised namespace: a process for each [[publish]] of which systemd has no socket unit, so that one without
/// its port, or with too many callers, is no other's trouble. Started again where they end, and ended with the supervisor.
/// </summary>
/// <param name="units">Where a socket unit is, if there is one: <see cref="UnitFiles.Directory"/>.</param>
/// <param name="say">Gets a sentence for people.</param>
internal sealed class PublishedProxies(RuntimePaths paths, string units, Action<string> say) : IDisposable
{
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(500);

    private readonly List<PublishedProxy> _proxies = [];

    /// <summary>Tell when one has ended.</summary>
    internal IEnumerable<IEventSource> Sources => _proxies.Select(p => p.Source).OfType<IEventSource>();

    /// <summary>When one is to be started again; null where none is due.</summary>
    internal TimeSpan? Next => _proxies.Min(p => p.Next);

    /// <summary>What is to be forwarded; empty where systemd does all, or nothing is published.</summary>
    internal static ImmutableArray<ForwardEntry> EntriesOf(NamespaceConfig config, Func<string, bool> hasUnit) =>
        [.. config.Publish.Where(p => p.HasProxy && !hasUnit(PublishUnits.SocketOf(config.Name, p))).Select(ForwardEntry.Of)];

    /// <summary>Starts, starts again, changes or ends them, as is due.</summary>
    internal void Tend(NamespaceConfig config, TimeSpan now)
    {
        if (paths.Program is not { } program)
        {
            return;
        }

        var entries = EntriesOf(config, unit => Path.Exists($"{units}/{unit}"));
        End(_proxies.Where(p => !entries.Contains(p.Entry) || p.Namespace != config.Name));
        _proxies.AddRange(entries.Where(e => !_proxies.Exists(p => p.Entry == e))
            .Select(e => new PublishedProxy(program, config.Name, e, now, say)));
        if (_proxies.FindAll(p => p.Bury(now)).Count > 0)
        {
            Record(config.Name);
        }

        var due = _proxies.FindAll(p => p.IsDue(now));
        if (due.Count > 0 && !TryStart(config.Name, due, now))
        {
            due.ForEach(p => p.Postpone(now + Busy));
        }
    }

    public void Dispose() => End(_proxies);

    /// <summary>
    /// `down` ends those that are written down, and then looks who is inside: one that came in between would keep the namespace. So
    /// they are started and written down under its lock.
    /// </summary>
    /// <returns>False where somebody else is at work, or has taken the namespace down.</returns>
    private bool TryStart(string name, List<PublishedProxy> due, TimeSpan now)
    {
        try
        {
            using var guard = File.Exists(paths.StateFile(name)) ? NamespaceLock.TryTake(paths, name) : null;
            if (guard is null)
            {
                return false;
            }

            if (!File.Exists(paths.StateFile(name)))
            {
                guard.Remove();
                return false;
            }

            due.ForEach(p => p.Start(now));
            Record(name);
        }
        catch (KernelException e)
        {
            due.ForEach(p => p.Fail(e.Message, now));
        }

        return true;
    }

    private void End(IEnumerable<PublishedProxy> some)
    {
        List<PublishedProxy> ending = [.. some];

        // All are told before one is waited for: what is open has a while.
        ending.ForEach(p => p.LetGo());
        ending.ForEach(p => p.Dispose());
        _proxies.RemoveAll(ending.Contains);
        ending.Select(p => p.Namespace).Distinct().ToList().ForEach(Record);
    }

    private void Record(string name)
    {
        try
        {
            ForwardRecord.Write(paths, name, [.. _proxies.Where(p => p.Namespace == name).Select(p => p.Process).OfType<ProcessIdentity>()]);
        }
        catch (KernelException e)
        {
            // They forward all the same.
            say($"{e.Message}: `wgns down` will take the proxies of {name} for programs of yours");
        }
    }
}
