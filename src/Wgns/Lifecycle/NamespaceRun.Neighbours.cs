using System.Collections.Immutable;
using Wgns.Configuration;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Lifecycle;

/// <summary>Namespaces that publish via the link to the host share the host's other links.</summary>
public sealed partial class NamespaceRun
{
    /// <summary>Looks, and where there is or was a link to the host at what others have of the host, too.</summary>
    /// <param name="machines">The host's netns; null is the one that this process is in.</param>
    private ObservedState Look(string name, StateRecord? record, Scope scope, Netns? machines = null)
    {
        var observed = host.Observer.Observe(name, record, scope);
        if (scope.HostLinks.Count == 0 && record is not ({ HostLinks.IsEmpty: false } or { Forwarding.IsEmpty: false }))
        {
            return observed;
        }

        // Who holds is inside; host links have their other end where the machine is.
        using var own = machines is null ? Netns.OfThisThread() : null;
        var outside = machines is null ? observed.Outside : Observer.Outside(record, scope, machines);
        return observed with { Outside = outside with { Neighbours = Neighbours(name, machines ?? own!) } };
    }

    /// <summary>A record is of this host where its table is: one that was about to make it has taken nothing yet.</summary>
    private ImmutableArray<LinkNeighbour> Neighbours(string name, Netns machines) =>
    [
        .. from other in host.Store.List()
           where other != name
           let record = host.Store.LoadReadable(other)
           where record is { LinkPorts.IsEmpty: false } or { Forwarding.IsEmpty: false }
           where record.HostLinks.Any(l => RulesReader.Table(machines, l.Name.Table) is not null)
           select new LinkNeighbour(other, [.. record.HostLinks.Select(l => l.Name.HostIfname)], [.. record.Forwarding.Select(f => f.Key)], record.LinkPorts),
    ];

    /// <summary>What one turns on another must not turn off meanwhile: one command at a time of all that publish via links.</summary>
    private T WithLinks<T>(string name, NamespaceConfig? config, Func<T> run)
    {
        if (config?.Publish.Any(p => p.Via == PublishVia.Link) != true && host.Store.LoadReadable(name) is not ({ LinkPorts.IsEmpty: false } or { Forwarding.IsEmpty: false }))
        {
            return run();
        }

        using var guard = host.LockLinks(name);
        try
        {
            return run();
        }
        finally
        {
            guard.Remove();
        }
    }
}
